//! Commands that do one thing and end.

use std::net::TcpListener;

use crate::sapa::{Installation, free_port};

#[test]
fn wrong_settings_are_all_told_and_end_every_command_with_2() {
    let sapa = Installation::new("[smtp]\nlisten = 25\n[files]\nmax_byte = 1\n");
    for command in ["check-config", "serve", "doctor", "migrate"] {
        let said = sapa.run(&[command]);
        assert_eq!(said.code, 2, "{said:?}");
        assert!(said.err.contains("the configuration has 2 problems (sapa.toml)"), "{said:?}");
        assert!(
            said.err.contains("smtp.listen: 25 does not do; write an IP address with a port"),
            "{said:?}"
        );
        assert!(
            said.err
                .contains("files.max_byte: there is no such key; did you mean files.max_bytes?"),
            "{said:?}"
        );
    }
}

#[test]
fn right_settings_are_told_without_their_secrets() {
    let settings =
        "[mail.relay]\nhost = \"smtp.example.com\"\nuser = \"sapa\"\npassword = \"s3cret\"\n";
    let sapa = Installation::new(settings);
    let said = sapa.run_with(
        &["check-config"],
        &[("SAPA__DATABASE__URL", "postgres://sapa:s3cret@db/sapa")],
        "",
    );
    assert_eq!(said.code, 0, "{said:?}");
    assert!(
        said.out.contains("PostgreSQL") && said.out.contains("smtp.example.com:587 (Starttls)"),
        "{said:?}"
    );
    assert!(!said.out.contains("s3cret"), "{said:?}");
    assert_eq!(sapa.left_in("."), ["sapa.toml"]);
}

#[test]
fn r28_a_database_that_does_not_answer_is_told_without_its_password() {
    let sapa = Installation::new("");
    // It accepts and hangs up; one that is not there at all is waited for.
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("postgres://sapa:s3cret@{}/sapa", server.local_addr().unwrap());
    std::thread::spawn(move || server.incoming().for_each(drop));
    for command in [&["serve"][..], &["migrate"], &["doctor"], &["officer", "list"]] {
        let said = sapa.run_with(
            command,
            &[("SAPA__DATABASE__URL", &url), ("SAPA__LOG__LEVEL", "trace")],
            "",
        );
        assert_eq!(said.code, 1, "{said:?}");
        assert!(!format!("{said:?}").contains("s3cret"), "{said:?}");
    }
}

#[test]
fn officers_are_added_listed_and_given_a_new_password() {
    let sapa = Installation::new("");
    let ayu = [
        "officer",
        "add",
        "--email",
        "Ayu@Seruni.example",
        "--name",
        "Ayu Lestari",
        "--role",
        "administrator",
    ];
    let with_password: Vec<&str> = ayu.iter().copied().chain(["--password-stdin"]).collect();
    let said = sapa.run_with(&with_password, &[], "short\n");
    assert_eq!(
        (said.code, said.err.trim()),
        (1, "sapa: a good password has at least 12 characters")
    );
    let said = sapa.run_with(&with_password, &[], "tiga gelas kopi\n");
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(said.out, "Ayu Lestari <ayu@seruni.example> is administrator\n");

    let said = sapa.run(&ayu);
    assert_eq!(
        (said.code, said.err.trim()),
        (1, "sapa: ayu@seruni.example belongs to an officer already")
    );
    let said = sapa.run(&["officer", "add", "--email", "dimas@seruni.example", "--name", "Dimas"]);
    let link = format!("http://127.0.0.1:{}/invitation#", sapa.port);
    assert!(said.code == 0 && said.out.contains(&link), "{said:?}");
    let said = sapa.run(&["officer", "reset", "--email", "AYU@seruni.example"]);
    assert!(said.code == 0 && said.out.contains(&link), "{said:?}");
    let said = sapa.run(&["officer", "reset", "--email", "nobody@seruni.example"]);
    assert!(
        said.code == 1 && said.err.contains("no officer has the address nobody@seruni.example"),
        "{said:?}"
    );

    let said = sapa.run(&["officer", "list"]);
    let lines: Vec<Vec<&str>> =
        said.out.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(
        lines,
        [
            vec!["ayu@seruni.example", "administrator", "active", "Ayu", "Lestari"],
            vec!["dimas@seruni.example", "officer", "invited", "Dimas"],
        ]
    );
}

#[test]
fn a_wrong_command_line_is_explained() {
    let sapa = Installation::new("");
    let said =
        sapa.run(&["officer", "add", "--email", "a@b.example", "--name", "A", "--role", "boss"]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("administrator, supervisor, officer, marketer, analyst"), "{said:?}");
    let said = sapa.run(&["officer", "add", "--email", "a b", "--name", "A"]);
    assert_eq!((said.code, said.err.trim()), (1, "sapa: --email is not an e-mail address"));
}

#[test]
fn the_database_is_migrated_as_often_as_one_likes() {
    let sapa = Installation::new("");
    for _ in 0..2 {
        let said = sapa.run(&["migrate"]);
        assert_eq!(said.code, 0, "{said:?}");
        assert!(said.out.starts_with("the sqlite database has the form of sapa "), "{said:?}");
    }
}

#[test]
fn the_api_is_described_and_nothing_is_left_behind() {
    let sapa = Installation::new("");
    let said = sapa.run(&["openapi"]);
    assert_eq!(said.code, 0, "{said:?}");
    let description: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert!(description["openapi"].as_str().unwrap().starts_with("3.1"));
    assert!(description["paths"]["/conversations"]["get"].is_object());
    assert_eq!(sapa.left_in("."), ["sapa.toml"]);
}

#[test]
fn the_doctor_finds_what_is_bad_and_says_what_to_do() {
    let smtp = free_port();
    let sapa = Installation::new(&format!(
        "[smtp]\nlisten = \"127.0.0.1:{smtp}\"\n[mail]\nfolder = \"mail\"\n"
    ));
    let said = sapa.run(&["doctor"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.out.ends_with("nothing is bad\n"), "{said:?}");
    assert_eq!(sapa.left_in("."), ["sapa.toml"]);

    let _other = TcpListener::bind(("127.0.0.1", sapa.port)).unwrap();
    let relay = [
        ("SAPA__MAIL__FOLDER", ""),
        ("SAPA__MAIL__RELAY__HOST", "127.0.0.1"),
        ("SAPA__MAIL__RELAY__PORT", "1"),
    ];
    let said = sapa.run_with(&["doctor"], &relay, "");
    assert_eq!(said.code, 1, "{said:?}");
    assert!(
        said.out.contains(&format!("127.0.0.1:{} is taken by something else", sapa.port)),
        "{said:?}"
    );
    assert!(said.out.contains("127.0.0.1:1 cannot be reached"), "{said:?}");
    assert!(
        said.out.contains("-> look at mail.relay") && said.out.ends_with("2 bad\n"),
        "{said:?}"
    );
}
