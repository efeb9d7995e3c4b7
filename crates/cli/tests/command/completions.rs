//! Completions for shells.

use std::process::{Command, Output};

fn nonvacuous(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_nonvacuous"))
        .args(arguments)
        .output()
        .unwrap()
}

#[test]
fn every_shell_completes_subcommands_and_their_options() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = nonvacuous(&["completions", shell]);
        assert!(output.status.success(), "{shell}");
        let script = String::from_utf8(output.stdout).unwrap();
        for word in ["verify", "bound", "inspect", "data-dir", "monte-carlo"] {
            assert!(script.contains(word), "{word} for {shell}");
        }
    }
}

#[test]
fn a_shell_that_is_not_known_is_met_with_those_that_are() {
    let output = nonvacuous(&["completions", "fsh"]);
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(
        error.contains("bash") && error.contains("'fish'"),
        "{error}"
    );
}

#[test]
fn completions_and_manual_are_no_json_and_not_in_the_list_of_subcommands() {
    for arguments in [&["completions", "bash", "--json"][..], &["man", "--json"]] {
        let output = nonvacuous(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
    let help = String::from_utf8(nonvacuous(&["--help"]).stdout).unwrap();
    assert!(
        help.contains("verify") && !help.contains("completions"),
        "{help}"
    );
}
