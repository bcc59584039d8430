//! The rules, without a database.

use std::time::Duration;

use bytes::Bytes;
use sapa_channel::{
    Address, Arrival, ChannelId, Claim, Inbound, Kind, Message, Original, Proof, Sender, Thread,
    Timestamp, new_id,
};
use uuid::Uuid;

use super::{
    decide,
    plan::{Context, Fresh, KnownConversation, KnownIdentity, KnownMessage, Plan, Policy},
};

const POLICY: Policy = Policy {
    join_within: Duration::from_secs(14 * 24 * 3600),
    reopen_within: Duration::from_secs(72 * 3600),
};

fn address(kind: &'static str, value: &str) -> Address {
    Address { kind: Kind::new(kind), value: value.to_owned() }
}

fn rina() -> Address {
    address("email", "rina@surat.example")
}

fn message(from: Address) -> Message {
    let sender = Sender { address: from, name: Some("Rina".to_owned()), ..Sender::default() };
    Message { sender, text: "Halo".to_owned(), ..Message::default() }
}

fn arrival(message: Message) -> Arrival {
    Arrival {
        channel: ChannelId(Uuid::nil()),
        transport_key: new_id().to_string(),
        original: Original {
            media_type: "message/rfc822",
            bytes: Bytes::from_static(b"x"),
            envelope: None,
        },
        received_at: Timestamp::from_seconds(1_800_000_000),
        content: Ok(Inbound::Message(Box::new(message))),
    }
}

fn plan(context: Context, arrivals: &[Arrival]) -> Plan<'_> {
    let fresh: Vec<Fresh> =
        arrivals.iter().map(|arrival| Fresh { original_id: new_id(), arrival }).collect();
    decide(context, POLICY, &fresh, new_id)
}

fn conversation(
    contact_id: Uuid,
    days_ago: u64,
    open: bool,
    subject: Option<&str>,
) -> KnownConversation {
    KnownConversation {
        id: new_id(),
        contact_id,
        open,
        awake: open,
        subject: subject.map(str::to_owned),
        channel_id: ChannelId(Uuid::nil()),
        mailing_id: None,
        last_message_at: Timestamp::from_seconds(1_800_000_000)
            .before(Duration::from_secs(days_ago * 24 * 3600)),
    }
}

fn knowing(who: &Address, contact_id: Uuid, proved: bool) -> (Context, KnownIdentity) {
    let known = KnownIdentity { id: new_id(), contact_id, proved, alone: true };
    let mut context = Context::default();
    context.identities.insert(who.clone(), known);
    (context, known)
}

fn kinds(plan: &Plan<'_>) -> Vec<&'static str> {
    plan.events.iter().map(|event| event.kind).collect()
}

#[test]
fn later_messages_of_a_slice_see_what_earlier_ones_caused() {
    let other = address("email", "budi@surat.example");
    let arrivals = [arrival(message(rina())), arrival(message(rina())), arrival(message(other))];
    let plan = plan(Context::default(), &arrivals);
    assert_eq!((plan.contacts.len(), plan.identities.len(), plan.conversations.len()), (2, 2, 2));
    assert_eq!(plan.messages[0].conversation_id, plan.messages[1].conversation_id);
    assert_eq!(plan.conversations.iter().map(|(_, touched)| touched.messages).sum::<i64>(), 3);
    assert!(plan.touched.is_empty(), "a new conversation is written once");
}

#[test]
fn d3_the_same_message_by_another_way_is_routed_once() {
    let keyed = || Message { logical_key: Some("1@surat".to_owned()), ..message(rina()) };
    let arrivals = [arrival(keyed()), arrival(keyed())];
    assert_eq!(plan(Context::default(), &arrivals).messages.len(), 1);
}

#[test]
fn a_message_joins_a_recent_open_conversation_and_leaves_a_stale_one() {
    for (days, joins) in [(0, true), (13, true), (15, false)] {
        let contact = new_id();
        let (mut context, _) = knowing(&rina(), contact, false);
        let open = conversation(contact, days, true, None);
        context.conversations.insert(contact, vec![open.clone()]);
        let arrivals = [arrival(message(rina()))];
        let plan = plan(context, &arrivals);
        assert_eq!(plan.messages[0].conversation_id == open.id, joins, "{days} days");
    }
}

#[test]
fn a_word_after_solving_reopens_and_much_later_begins_anew() {
    for (days, reopens) in [(1, true), (4, false)] {
        let contact = new_id();
        let (mut context, _) = knowing(&rina(), contact, false);
        context.conversations.insert(contact, vec![conversation(contact, days, false, None)]);
        let arrivals = [arrival(message(rina()))];
        let plan = plan(context, &arrivals);
        assert_eq!(kinds(&plan).contains(&"conversation.reopened"), reopens, "{days} days");
        assert_eq!(plan.conversations.is_empty(), reopens);
    }
}

#[test]
fn what_a_program_wrote_joins_and_wakes_nothing() {
    let contact_id = new_id();
    for (open, automatic, wakes) in
        [(false, true, false), (false, false, true), (true, true, false)]
    {
        let (mut context, _) = knowing(&rina(), contact_id, true);
        let known = conversation(contact_id, 1, open, None);
        context.conversations.insert(contact_id, vec![known.clone()]);
        let arrivals = [arrival(Message { automatic, ..message(rina()) })];
        let plan = plan(context, &arrivals);
        assert_eq!(plan.touched[0].id, known.id);
        assert_eq!(plan.touched[0].first_at.is_some(), wakes, "{open} {automatic}");
        assert_eq!(kinds(&plan).contains(&"conversation.reopened"), wakes, "{open} {automatic}");
    }
}

#[test]
fn a_letter_with_a_subject_of_its_own_is_a_matter_of_its_own() {
    for (subject, joins) in [
        ("Re: Pesanan kurang satu", true),
        ("BLS: pesanan  kurang satu", true),
        ("Tanya harga", false),
    ] {
        let contact = new_id();
        let (mut context, _) = knowing(&rina(), contact, false);
        let open = conversation(contact, 1, true, Some("Pesanan kurang satu"));
        context.conversations.insert(contact, vec![open.clone()]);
        let arrivals = [arrival(Message { subject: Some(subject.to_owned()), ..message(rina()) })];
        assert_eq!(
            plan(context, &arrivals).messages[0].conversation_id == open.id,
            joins,
            "{subject}"
        );
    }
}

fn answering(external_id: &str, from: Address) -> Message {
    Message {
        thread: Thread { token: None, answers: vec![external_id.to_owned()] },
        ..message(from)
    }
}

#[test]
fn r9_headers_alone_join_only_the_senders_own_conversation() {
    for own in [true, false] {
        let (contact, stranger) = (new_id(), new_id());
        let (mut context, _) = knowing(&rina(), if own { contact } else { stranger }, true);
        let old = conversation(contact, 100, false, None);
        let parent =
            KnownMessage { conversation_id: old.id, contact_id: contact, identity_id: None };
        context.messages.insert("1@hub".to_owned(), parent);
        context.answered.insert(old.id, old.clone());
        let arrivals = [arrival(answering("1@hub", rina()))];
        let plan = plan(context, &arrivals);
        assert_eq!(plan.messages[0].conversation_id == old.id, own);
        assert_eq!(
            plan.conversations.first().and_then(|(new, _)| new.related_id),
            (!own).then_some(old.id)
        );
    }
}

#[test]
fn r9_a_token_brings_any_sender_back_and_proves_only_the_mailbox_it_was_sent_to() {
    for same_mailbox in [true, false] {
        let contact = new_id();
        let (mut context, known) = knowing(&rina(), contact, false);
        let old = conversation(contact, 100, false, None);
        let sent_to = if same_mailbox { known.id } else { new_id() };
        let parent = KnownMessage {
            conversation_id: old.id,
            contact_id: contact,
            identity_id: Some(sent_to),
        };
        context.tokens.insert("token".to_owned(), parent);
        context.answered.insert(old.id, old.clone());
        let thread = Thread { token: Some("token".to_owned()), answers: Vec::new() };
        let arrivals = [arrival(Message { thread, ..message(rina()) })];
        let plan = plan(context, &arrivals);
        assert_eq!(plan.messages[0].conversation_id, old.id);
        assert_eq!(plan.heard[0].proof, same_mailbox.then_some(Proof::MailReply));
        assert!(plan.merges.is_empty());
    }
}

#[test]
fn r8_an_unproved_claim_joins_nothing_and_is_suggested() {
    let contact = new_id();
    let (context, _) = knowing(&rina(), contact, true);
    let mut from = message(address("webchat", "v:1"));
    from.sender.claims = vec![Claim { address: rina(), proof: None }];
    let arrivals = [arrival(from)];
    let plan = plan(context, &arrivals);
    assert_ne!(plan.messages[0].contact_id, contact);
    assert!(plan.merges.is_empty() && plan.identities.len() == 1);
    assert_eq!(plan.suggestions[0].other_id, contact);
}

#[test]
fn h3_a_signed_customer_joins_the_contact_of_his_proved_address() {
    let contact = new_id();
    let (context, _) = knowing(&rina(), contact, false);
    let mut from = message(address("webchat", "c:shop/1001"));
    from.sender.proof = Some(Proof::ShopSignature);
    from.sender.claims = vec![Claim { address: rina(), proof: Some(Proof::ShopSignature) }];
    let arrivals = [arrival(from)];
    let plan = plan(context, &arrivals);
    assert_eq!(plan.messages[0].contact_id, contact);
    assert!(plan.contacts.is_empty());
    assert!(kinds(&plan).contains(&"identity.verified"));
}

#[test]
fn h3_a_browser_joins_who_signs_in_unless_somebody_else_has_signed_in_there() {
    for alone in [true, false] {
        let browser = address("webchat", "v:1");
        let before = new_id();
        let (mut context, known) = knowing(&browser, before, false);
        context.identities.insert(browser.clone(), KnownIdentity { alone, ..known });
        let mut from = message(address("webchat", "c:shop/1001"));
        from.sender.proof = Some(Proof::ShopSignature);
        from.sender.claims = vec![Claim { address: browser, proof: Some(Proof::ShopSignature) }];
        let arrivals = [arrival(from)];
        let plan = plan(context, &arrivals);
        assert_eq!(
            plan.messages[0].contact_id == before,
            alone,
            "the other customer's contact is not his"
        );
        assert!(plan.merges.is_empty());
    }
}

#[test]
fn h3_a_link_proves_the_account_that_opens_it_once() {
    let (rinas, telegram) = (new_id(), address("telegram", "48213377"));
    let opened = || {
        let thread = Thread { token: Some("link".to_owned()), answers: Vec::new() };
        Message { thread, ..message(telegram.clone()) }
    };
    let mut context = Context::default();
    context.links.insert("link".to_owned(), rinas);
    let arrivals = [arrival(opened())];
    let fresh = plan(context, &arrivals);
    assert_eq!(fresh.messages[0].contact_id, rinas);
    assert_eq!(fresh.used_links, ["link"]);
    assert_eq!(fresh.identities[0].proof, Some(Proof::DeepLink));

    // One who had written before is merged into her.
    let (mut context, known) = knowing(&telegram, new_id(), false);
    context.links.insert("link".to_owned(), rinas);
    let arrivals = [arrival(opened()), arrival(opened())];
    let known_before = plan(context, &arrivals);
    assert_eq!(known_before.merges.len(), 1);
    assert_eq!(
        (known_before.merges[0].kept_id, known_before.merges[0].gone_id),
        (rinas, known.contact_id)
    );
}

#[test]
fn subjects_are_compared_without_the_marks_of_answering() {
    for (subject, base) in [
        ("Re: RE: Fwd: Halo", "halo"),
        ("Balas: Halo  dunia", "halo dunia"),
        ("Reklamasi", "reklamasi"),
        ("", ""),
    ] {
        assert_eq!(super::base_subject(subject), base);
    }
}

#[test]
fn r1_a_senders_name_is_seen_and_turns_nothing_beside_it() {
    let named = |name: &str| {
        let address = Address { kind: Kind::new("email"), value: "rina@x.example".to_owned() };
        let shown = Some("@rina".to_owned());
        let sender = Sender { address, name: Some(name.to_owned()), shown, ..Sender::default() };
        super::words::shown_name(&sender)
    };
    assert_eq!(named("  Rina\r\nWulandari\0 "), "Rina Wulandari");
    assert_eq!(named("\u{202e}gnp.exe\u{2066}"), "gnp.exe");
    assert_eq!(named("👩‍🚀 ﷽"), "👩‍🚀 ﷽");
    for unseen in [
        "",
        " ",
        "\u{200b}\u{feff}",
        "\u{ad}\u{202e}",
        "\u{3164}",
        "\u{e0041}\u{e0042}",
        "\u{2028}",
    ] {
        assert_eq!(named(unseen), "@rina", "{unseen:?}");
    }
    assert_eq!(named(&"ä".repeat(500)).chars().count(), 200);
}

#[test]
fn a_preview_is_one_bounded_line() {
    assert_eq!(super::one_line("  Halo,\n\n dunia\t! "), "Halo, dunia !");
    assert_eq!(super::one_line(&"ä ".repeat(500)).chars().count(), 160);
    assert_eq!(super::one_line(&"ä".repeat(500)).chars().count(), 160);
}

#[test]
fn only_who_is_shown_the_conversation_by_the_hub_reads_the_log_by_his_address() {
    let arrivals = [arrival(message(rina())), arrival(message(address("webchat", "v-1")))];
    let plan = plan(Context::default(), &arrivals);
    let received: Vec<bool> = plan
        .events
        .iter()
        .filter(|event| event.kind == "message.received")
        .map(|event| event.identity_id.is_some())
        .collect();
    assert_eq!(received, [false, true]);
}
