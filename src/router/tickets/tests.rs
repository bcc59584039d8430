//! The rules for tickets, without a database.

use sapa_channel::new_id;

use super::*;
use crate::events::Actor;

const DAY: u64 = 24 * 3600;

fn now() -> Timestamp {
    Timestamp::from_seconds(1_800_000_000)
}

fn like() -> Like {
    Like {
        kind: TicketKind::Complaint,
        category_id: None,
        severity: Severity::High,
        due_hours: Some(4),
        owner_id: Some(new_id()),
        team_id: None,
    }
}

fn ticket(conversations: &[Uuid], solved_days_ago: Option<u64>, joining: Joining) -> KnownTicket {
    KnownTicket {
        id: new_id(),
        number: Some(1042),
        title: "Isi kurang".to_owned(),
        solved_at: solved_days_ago.map(|days| now().before(Duration::from_secs(days * DAY))),
        reopen_within: Duration::from_secs(14 * DAY),
        joining,
        conversations: conversations.to_vec(),
        like: like(),
    }
}

struct Case {
    known: Known,
    plan: Planned,
    contact: Uuid,
    actor: Actor,
}

impl Case {
    fn new(tickets: Vec<KnownTicket>) -> Self {
        let contact = new_id();
        let known = Known { tickets: HashMap::from([(contact, tickets)]), ..Known::default() };
        let actor = Actor { kind: "contact", id: Some(contact), name: "Budi".to_owned() };
        Self { known, plan: Planned::default(), contact, actor }
    }

    fn says(
        &mut self,
        conversation: Uuid,
        begins: bool,
        message: &Message,
    ) -> (Option<Uuid>, Vec<&'static str>) {
        let said = Said {
            id: new_id(),
            message,
            channel_id: ChannelId(Uuid::nil()),
            conversation_id: conversation,
            contact_id: self.contact,
            begins,
            at: now(),
            actor: &self.actor,
        };
        let (first, events) = place(&mut self.known, &mut self.plan, said, new_id);
        (first, events.iter().map(|event| event.kind).collect())
    }
}

fn hello() -> Message {
    Message { text: "Halo".to_owned(), ..Message::default() }
}

#[test]
fn c1_a_reply_belongs_to_all_open_tickets_of_its_conversation() {
    let here = new_id();
    let (one, two) = (ticket(&[here], None, Joining::Offer), ticket(&[here], None, Joining::Offer));
    let ids = [one.id, two.id];
    let mut case = Case::new(vec![one, two, ticket(&[here], Some(1), Joining::Offer)]);
    let (first, events) = case.says(here, false, &hello());
    assert_eq!((first, events.len()), (Some(ids[0]), 0));
    let of: Vec<Uuid> = case.plan.messages.iter().map(|row| row.0).collect();
    assert_eq!(of, ids);
    assert!(case.plan.reopened.is_empty() && case.plan.offers.is_empty());
}

#[test]
fn c1_a_reply_after_solving_reopens_and_much_later_opens_one_that_goes_on() {
    for (days, reopens) in [(0, true), (14, true), (15, false)] {
        let here = new_id();
        let solved = ticket(&[here], Some(days), Joining::Attach);
        let (id, owner) = (solved.id, solved.like.owner_id);
        let mut case = Case::new(vec![ticket(&[here], Some(200), Joining::Attach), solved]);
        let (first, events) = case.says(here, false, &hello());
        let (second, _) = case.says(here, false, &hello());
        assert_eq!(first, second, "what follows in the slice belongs to the same");
        if reopens {
            assert_eq!((first, &*events), (Some(id), &["ticket.reopened"][..]), "{days} days");
            assert!(case.plan.opened.is_empty() && case.plan.reopened.len() == 1);
        } else {
            let opened = &case.plan.opened[..];
            assert_eq!((first, opened.len()), (Some(opened[0].id), 1), "{days} days");
            assert_eq!(opened[0].follows, Some((id, Some(1042))));
            assert_eq!((&*opened[0].title, opened[0].like.owner_id), ("Isi kurang", owner));
            assert!(case.plan.reopened.is_empty());
        }
        assert_eq!(case.plan.messages.len(), 2);
    }
}

#[test]
fn c1_words_beside_the_only_open_ticket_are_attached_or_offered_as_its_category_says() {
    for joining in [Joining::Attach, Joining::Offer] {
        let (there, here) = (new_id(), new_id());
        let open = ticket(&[there], None, joining);
        let id = open.id;
        let mut case = Case::new(vec![open, ticket(&[there], Some(1), joining)]);
        let (first, events) = case.says(here, true, &hello());
        let (second, later) = case.says(here, false, &hello());
        assert!(later.is_empty(), "it is told once");
        if joining == Joining::Attach {
            assert_eq!((first, second, &*events), (Some(id), Some(id), &["ticket.attached"][..]));
            assert_eq!((case.plan.conversations.len(), case.plan.messages.len()), (1, 2));
        } else {
            assert_eq!((first, second, &*events), (None, None, &["ticket.offered"][..]));
            assert_eq!((case.plan.offers.len(), case.plan.messages.len()), (1, 0));
        }
    }
}

#[test]
fn c1_what_was_refused_is_not_offered_again_and_of_several_none_is_guessed() {
    let (there, here) = (new_id(), new_id());
    let open = ticket(&[there], None, Joining::Attach);
    let id = open.id;
    let mut case = Case::new(vec![open.clone()]);
    case.known.offered.insert((id, here));
    assert_eq!(case.says(here, false, &hello()), (None, Vec::new()));
    let mut case = Case::new(vec![open, ticket(&[there], None, Joining::Attach)]);
    assert_eq!(case.says(here, true, &hello()), (None, Vec::new()));
}

#[test]
fn c1_what_comes_to_an_address_with_a_rule_opens_a_ticket() {
    let rule = |address: Option<&str>| KnownRule {
        channel_id: Some(ChannelId(Uuid::nil())),
        address: address.map(str::to_owned),
        like: like(),
    };
    let to = |address: &str| Message {
        subject: Some("Bungkus sobek".to_owned()),
        sent_to: Some(address.to_owned()),
        ..hello()
    };
    for (message, opens) in [
        (to("keluhan@kopiseruni.example"), true),
        (to("keluhan+r-abc@kopiseruni.example"), true),
        (to("halo@kopiseruni.example"), false),
        (
            Message {
                also_to: vec!["keluhan@kopiseruni.example".to_owned()],
                ..to("halo@kopiseruni.example")
            },
            true,
        ),
        (Message { automatic: true, ..to("keluhan@kopiseruni.example") }, false),
    ] {
        let mut case = Case::new(Vec::new());
        case.known.rules = vec![rule(Some("keluhan@kopiseruni.example"))];
        let here = new_id();
        let (first, _) = case.says(here, true, &message);
        assert_eq!(first.is_some(), opens, "{:?}", message.sent_to);
        if opens {
            assert_eq!(case.plan.opened[0].title, "Bungkus sobek");
            let (second, _) = case.says(here, false, &message);
            assert_eq!((second, case.plan.opened.len()), (first, 1));
        }
    }
    // In a conversation that went on before, a rule says nothing; nor for who has an open ticket already.
    let mut case = Case::new(Vec::new());
    case.known.rules = vec![rule(None)];
    assert_eq!(case.says(new_id(), false, &hello()).0, None);
    let mut case = Case::new(vec![ticket(&[], None, Joining::Offer)]);
    case.known.rules = vec![rule(None)];
    assert_eq!(case.says(new_id(), true, &hello()).1, ["ticket.offered"]);
    assert!(case.plan.opened.is_empty());
}

#[test]
fn c1_what_a_program_wrote_reopens_attaches_and_opens_nothing() {
    let (there, here) = (new_id(), new_id());
    let automatic = Message { automatic: true, ..hello() };
    let mut case = Case::new(vec![ticket(&[here], Some(1), Joining::Attach)]);
    assert_eq!(case.says(here, false, &automatic), (None, Vec::new()));
    let mut case = Case::new(vec![ticket(&[there], None, Joining::Attach)]);
    assert_eq!(case.says(here, true, &automatic), (None, Vec::new()));
    assert!(case.plan.reopened.is_empty() && case.plan.conversations.is_empty());
}
