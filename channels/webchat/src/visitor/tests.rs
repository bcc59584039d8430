use sapa_channel::{ChannelId, Claim, Kind, Proof};
use uuid::Uuid;

use super::*;
use crate::{Key, Looks};

pub(crate) fn site() -> Site {
    Site {
        channel: ChannelId(Uuid::from_u128(7)),
        key: "seruni".into(),
        signing_key: Key::new(b"shop"),
        visitor_key: Key::new(b"hub"),
        allowed_origins: vec!["https://kopiseruni.example".into()],
        customers: None,
        looks: Looks::default(),
    }
}

const NOW: Timestamp = Timestamp::from_seconds(1_795_000_000);

fn token(site: &Site) -> String {
    site.sign_token(
        r#"{"sub":"rina","name":"Rina Wulandari","email":"Rina@Surat.example","phone":"+62 812-1111-2222","exp":1795003600}"#,
    )
}

#[test]
fn a_secret_is_known_again_and_every_browser_has_its_own() {
    let site = site();
    let (one, two) = (site.new_visitor(), site.new_visitor());
    assert_ne!(site.visitor(&one).unwrap(), site.visitor(&two).unwrap());
    assert_eq!(site.visitor(&one), site.visitor(&one));
}

#[test]
fn r8_a_secret_that_is_forged_changed_or_of_another_site_is_refused() {
    let site = site();
    let good = site.new_visitor();
    let id = site.visitor(&good).unwrap();
    let mac = good.rsplit_once('.').unwrap().1;
    let other = Site { channel: ChannelId(Uuid::from_u128(8)), ..self::site() };
    let foreign = Site { visitor_key: Key::new(b"another hub"), ..self::site() };
    let forged = [
        String::new(),
        "v1".into(),
        format!("v1.{id}"),
        format!("v1.{id}."),
        format!("v1.{}.{mac}", Uuid::from_u128(1)),
        format!("v2.{id}.{mac}"),
        format!("v1.{}.{mac}", id.simple()),
        format!("{good}A"),
        good[..good.len() - 2].to_owned(),
        other.new_visitor(),
        foreign.new_visitor(),
        format!("v1.{id}.{}", "ä".repeat(43)),
    ];
    for secret in forged {
        assert_eq!(site.visitor(&secret), Err(BadVisitor), "{secret}");
    }
}

#[test]
fn a_browser_alone_brings_nothing_but_itself() {
    let site = site();
    let secret = site.new_visitor();
    let caller = site.admit(&secret, None, NOW).unwrap();
    let sender = caller.sender(Some("id"));
    assert!(!caller.identified());
    assert_eq!(sender.address.value, format!("v:{}", caller.visitor));
    assert_eq!(sender.address.kind, KIND);
    assert_eq!((sender.claims, sender.name), (vec![], None));
    assert_eq!(sender.language.as_deref(), Some("id"));
}

#[test]
fn r8_a_signed_customer_brings_what_the_shop_signed_and_his_browser() {
    let site = site();
    let secret = site.new_visitor();
    let caller = site.admit(&secret, Some(&token(&site)), NOW).unwrap();
    let sender = caller.sender(None);
    assert_eq!((&*sender.address.value, sender.proof), ("c:rina", Some(Proof::ShopSignature)));
    assert_eq!(sender.name.as_deref(), Some("Rina Wulandari"));
    let claim = |kind, value: &str| Claim {
        address: Address { kind: Kind::new(kind), value: value.into() },
        proof: Some(Proof::ShopSignature),
    };
    let browser = format!("v:{}", site.visitor(&secret).unwrap());
    assert_eq!(
        sender.claims,
        [
            claim("webchat", &browser),
            claim("email", "rina@surat.example"),
            claim("phone", "+6281211112222"),
        ]
    );
}

#[test]
fn r8_a_bad_token_does_not_let_anybody_in_even_as_a_stranger() {
    let site = site();
    let secret = site.new_visitor();
    let refused = site.admit(&secret, Some("e30.e30"), NOW).unwrap_err();
    assert_eq!(refused, BadToken::Signature.into());
}

#[test]
fn sites_that_count_their_customers_apart_do_not_mix_them() {
    let telco = Site { customers: Some("telco".into()), ..site() };
    let caller = telco.admit(&telco.new_visitor(), Some(&token(&telco)), NOW).unwrap();
    assert_eq!(caller.address.value, "c:telco/rina");
}
