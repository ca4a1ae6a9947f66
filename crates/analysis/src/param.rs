//! Parameters of steps: typed, with unit, default and legal range.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::StepError;

/// The type of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ParamType {
    /// A whole number.
    Integer,
    /// A real number.
    Real,
}

/// A parameter as its step declares it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Param {
    /// Name, as in the SQL text without the `$`.
    pub name: &'static str,
    /// Type.
    pub kind: ParamType,
    /// Value where nothing else is said.
    pub default: f64,
    /// Lowest legal value.
    pub min: f64,
    /// Highest legal value.
    pub max: f64,
    /// Unit and meaning, with the source of the default.
    pub meaning: &'static str,
}

/// A parameter's value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(untagged)]
pub enum ParamValue {
    /// A whole number.
    Integer(i64),
    /// A real number.
    Real(f64),
}

impl Param {
    /// Parses `param: NAME integer|real default D range A..B -- meaning`.
    pub(crate) fn parse(text: &'static str) -> Option<Self> {
        let (head, meaning) = text.split_once("--")?;
        let words: Vec<&'static str> = head.split_whitespace().collect();
        let [name, kind, "default", default, "range", range] = words.as_slice() else { return None };
        let kind = match *kind {
            "integer" => ParamType::Integer,
            "real" => ParamType::Real,
            _ => return None,
        };
        let (min, max) = range.split_once("..")?;
        let number = |t: &str| t.parse::<f64>().ok();
        Some(Self {
            name,
            kind,
            default: number(default)?,
            min: number(min)?,
            max: number(max)?,
            meaning: meaning.trim(),
        })
    }

    /// Checks a value against type and range.
    ///
    /// # Errors
    /// Where the text is no number of that type or outside the range.
    pub fn check(&self, text: &str) -> Result<ParamValue, StepError> {
        let refuse = || StepError::Param {
            name: self.name.to_owned(),
            found: text.to_owned(),
            expected: format!("{:?} in {}..{}", self.kind, self.min, self.max).to_lowercase(),
        };
        let value = text.trim().parse::<f64>().map_err(|_| refuse())?;
        if !(self.min..=self.max).contains(&value) {
            return Err(refuse());
        }
        match self.kind {
            ParamType::Real => Ok(ParamValue::Real(value)),
            ParamType::Integer => text.trim().parse().map(ParamValue::Integer).map_err(|_| refuse()),
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "defaults of integer parameters are small whole numbers")]
    fn default_value(&self) -> ParamValue {
        match self.kind {
            ParamType::Integer => ParamValue::Integer(self.default as i64),
            ParamType::Real => ParamValue::Real(self.default),
        }
    }
}

/// Values for the parameters of all steps; every one is there, set or by default.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct ParamValues(BTreeMap<String, ParamValue>);

impl ParamValues {
    /// The defaults of all steps with the given `name=value` pairs over them.
    ///
    /// # Errors
    /// Where a name is unknown or a value out of range.
    pub fn with(set: &[(String, String)]) -> Result<Self, StepError> {
        Self::of(crate::STEPS, set)
    }

    /// The same for the steps given, such as one that is being written.
    ///
    /// # Errors
    /// As [`ParamValues::with`].
    pub fn of(steps: &[&dyn crate::Step], set: &[(String, String)]) -> Result<Self, StepError> {
        let params = || steps.iter().flat_map(|s| s.params());
        let mut values: BTreeMap<String, ParamValue> =
            params().map(|p| (p.name.to_owned(), p.default_value())).collect();
        for (name, text) in set {
            let name = name.rsplit('.').next().unwrap_or(name);
            let param = params().find(|p| p.name == name).ok_or_else(|| StepError::Param {
                name: name.to_owned(),
                found: "no step has it".to_owned(),
                expected: params().map(|p| p.name).collect::<Vec<_>>().join(", "),
            })?;
            values.insert(name.to_owned(), param.check(text)?);
        }
        Ok(Self(values))
    }

    /// Name and value, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, ParamValue)> {
        self.0.iter().map(|(n, v)| (n.as_str(), *v))
    }
}
