//! Registers: lines with their holders, people, relations.

use std::path::Path;

use super::Lines;
use crate::WorldError;
use crate::district::District;

pub(super) fn write(district: &District, folder: &Path) -> Result<(), WorldError> {
    let mut lines = Lines::create(&folder.join("line.csv"))?;
    lines.row(&["operator", "line_ref", "holder_ref", "access_kind", "address_kind"])?;
    for line in &district.lines {
        let holder = line.holder.map(|p| district.people[p].person_ref.clone()).unwrap_or_default();
        lines.row(&[line.operator.name(), &line.line_ref, &holder, line.access_kind, line.address_kind])?;
    }
    lines.finish()?;
    let mut people = Lines::create(&folder.join("person.csv"))?;
    people.row(&["person_ref", "given_name", "family_name", "birth_date", "household_ref"])?;
    let mut relations = Lines::create(&folder.join("relation.csv"))?;
    relations.row(&["person_ref", "other_ref", "kind"])?;
    for person in &district.people {
        let household = format!("H{:06}", person.household);
        people.row(&[&person.person_ref, &person.given_name, &person.family_name, &person.birth_date, &household])?;
        let first = district.households[person.household].people.first().map(|p| &district.people[*p]);
        if let Some(first) = first.filter(|f| f.person_ref != person.person_ref) {
            relations.row(&[&person.person_ref, &first.person_ref, "same_household"])?;
            continue;
        }
        let kin = district.households[person.household].kin.and_then(|k| district.households[k].people.first());
        if let Some(kin) = kin {
            relations.row(&[&person.person_ref, &district.people[*kin].person_ref, "relative"])?;
        }
    }
    people.finish()?;
    relations.finish()
}
