//! What `lilong demo --json` says: one line, the last, once its pages are there.

use std::net::TcpListener;

use crate::served::{Reader, Served, lilong};

#[test]
fn its_one_line_names_the_address_at_which_the_pages_are() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().display().to_string();
    let served = Served::demo(&["--size", "0.01", "--data", &data]);
    assert!(!served.address.ends_with(":0"), "{}", served.address);
    assert!(Reader::new(&served).get("/").contains("闵行区"));
    for figure in
        ["towns", "grids", "communities", "dwellings", "households", "residents", "stations", "facts"]
    {
        assert!(served.line[figure].as_i64().is_some_and(|figure| figure > 0), "{figure} of {}", served.line);
    }
    assert_eq!(served.line["digest"].as_str().map(str::len), Some(64), "{}", served.line);
    assert_eq!(served.end(), "", "nothing follows the line");
}

#[test]
fn a_port_in_use_is_told_before_anything_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output =
        lilong(&["demo", "--listen", &address, "--data", &data.display().to_string()]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && said.contains(&address), "{said}");
    assert!(output.stdout.is_empty() && !data.exists());
}
