//! Registers: lines with their holders, people, relations.

use std::path::Path;

use super::Lines;
use crate::WorldError;
use crate::district::District;

/// The seats of Italy's regions, by ISTAT's codes: an invented district lies everywhere, so that it is nowhere, and the map has
/// something to show.
const TOWNS: [&str; 20] = [
    "001272", "007003", "015146", "022205", "027042", "032006", "010025", "037006", "048017", "054039", "042002",
    "058091", "066049", "070006", "063049", "072006", "076063", "079023", "082053", "092009",
];

fn town(household: usize) -> &'static str {
    TOWNS.get(household % TOWNS.len()).copied().unwrap_or_default()
}

pub(super) fn write(district: &District, folder: &Path) -> Result<(), WorldError> {
    let mut lines = Lines::create(&folder.join("line.csv"))?;
    lines.row(&["operator", "line_ref", "holder_ref", "access_kind", "address_kind", "municipality_code"])?;
    for line in &district.lines {
        let holder = line.holder.map(|p| &district.people[p]);
        let reference = holder.map(|p| p.person_ref.clone()).unwrap_or_default();
        let place = holder.map_or("", |p| town(p.household));
        lines.row(&[line.operator.name(), &line.line_ref, &reference, line.access_kind, line.address_kind, place])?;
    }
    lines.finish()?;
    let mut people = Lines::create(&folder.join("person.csv"))?;
    people.row(&["person_ref", "given_name", "family_name", "birth_date", "household_ref", "municipality_code"])?;
    let mut relations = Lines::create(&folder.join("relation.csv"))?;
    relations.row(&["person_ref", "other_ref", "kind"])?;
    for person in &district.people {
        let household = format!("H{:06}", person.household);
        let place = town(person.household);
        people.row(&[
            &person.person_ref,
            &person.given_name,
            &person.family_name,
            &person.birth_date,
            &household,
            place,
        ])?;
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
