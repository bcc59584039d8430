use super::*;

fn named(kind: &'static str, value: &str) -> Named {
    Named { kind, value: value.to_owned(), shown: value.to_owned() }
}

fn candidate(addresses: Vec<Named>) -> Candidate {
    Candidate {
        shown: "Rina".to_owned(),
        name: Some("Rina".to_owned()),
        city: Some("Bandung".to_owned()),
        tags: vec!["gold".to_owned(), "V60".to_owned()],
        fields: vec![("Kelas".to_owned(), "Emas".to_owned())],
        addresses,
        consents: vec![("email".to_owned(), State::Granted)],
        ..Candidate::default()
    }
}

fn known(id: Uuid, change: impl FnOnce(&mut Person)) -> Known {
    let mut person =
        Person { id, name: "R.".to_owned(), named_by: "channel".to_owned(), ..Person::default() };
    change(&mut person);
    Known {
        owners: HashMap::from([(("email".to_owned(), "rina@surat.example".to_owned()), id)]),
        people: HashMap::from([(id, person)]),
    }
}

fn decided(known: &mut Known, one: Candidate) -> Plan {
    let mut plan = Plan::default();
    decide(&mut plan, known, (2, one), "a.csv", Timestamp(1), sapa_channel::new_id);
    plan
}

#[test]
fn a_known_address_fills_what_is_empty_and_leaves_an_officers_word() {
    let id = sapa_channel::new_id();
    let mut known = known(id, |person| {
        "officer".clone_into(&mut person.named_by);
        person.city = Some("Medan".to_owned());
        person.tags = vec!["Gold".to_owned()];
        let field = Field { value: "Perak".to_owned(), source: "Ayu".to_owned(), at: Timestamp(0) };
        person.fields.insert("Kelas".to_owned(), field);
        person.consents.insert("email".to_owned(), State::Withdrawn);
    });
    let plan = decided(
        &mut known,
        candidate(vec![named("email", "rina@surat.example"), named("phone", "+62812")]),
    );
    let person = &known.people[&id];
    assert_eq!((person.name.as_str(), person.city.as_deref()), ("R.", Some("Medan")));
    assert_eq!(
        (person.tags.as_slice(), person.fields["Kelas"].value.as_str()),
        (&["Gold".to_owned(), "V60".to_owned()][..], "Perak")
    );
    assert_eq!(
        (plan.addresses.len(), plan.consents.len(), plan.told[0].outcome),
        (1, 0, Outcome::Updated)
    );
}

#[test]
fn the_same_row_again_changes_nothing() {
    let id = sapa_channel::new_id();
    let mut known = known(id, |_| {});
    let row = || candidate(vec![named("email", "rina@surat.example")]);
    assert_eq!(decided(&mut known, row()).told[0].outcome, Outcome::Updated);
    assert_eq!(known.people[&id].name, "Rina");
    assert_eq!(decided(&mut known, row()).told[0].outcome, Outcome::Unchanged);
}

#[test]
fn addresses_of_two_contacts_are_refused() {
    let (id, other) = (sapa_channel::new_id(), sapa_channel::new_id());
    let mut known = known(id, |_| {});
    known.owners.insert(("phone".to_owned(), "+62812".to_owned()), other);
    known.people.insert(other, Person { id: other, name: "Budi".to_owned(), ..Person::default() });
    let plan = decided(
        &mut known,
        candidate(vec![named("email", "rina@surat.example"), named("phone", "+62812")]),
    );
    assert_eq!(plan.told[0].refusal.as_ref().map(Refusal::reason), Some("two_contacts"));
    assert!(plan.addresses.is_empty() && known.people.values().all(|person| !person.changed));
}

#[test]
fn an_address_comes_once_in_a_file() {
    let mut seen = Seen::default();
    assert_eq!(seen.earlier(&[named("email", "a@b.example"), named("phone", "+1")], 2), None);
    assert_eq!(seen.earlier(&[named("phone", "+1")], 3), Some((2, "phone")));
    assert_eq!(seen.earlier(&[named("email", "+1")], 4), None);
}
