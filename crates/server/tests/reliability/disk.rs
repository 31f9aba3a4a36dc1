//! A8: the disk is full. Writing is refused, reading goes on, and when there is room again the same
//! process writes on.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use crate::server::{Caller, Place};
use crate::writers::{assert_kept, work, writers};

/// A file system in memory, unmounted at the end.
struct Memory(TempDir);

impl Memory {
    fn mount(mebibytes: u32) -> Option<Self> {
        let folder = TempDir::new().unwrap();
        let size = format!("size={mebibytes}m");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(folder.path())
            .output();
        mounted
            .is_ok_and(|output| output.status.success())
            .then_some(Self(folder))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        // The folder below is only removed once nothing is mounted on it.
        drop(
            Command::new("umount")
                .arg("--lazy")
                .arg(self.0.path())
                .status(),
        );
    }
}

#[test]
fn a_full_disk_refuses_writes_keeps_reads_and_heals_without_a_restart() {
    let Some(memory) = Memory::mount(64) else {
        println!("skipped: this user may not mount a file system");
        return;
    };
    let folder = TempDir::new_in(memory.path()).unwrap();
    let url = format!("sqlite:{}", folder.path().join("lianti.db").display());
    let place = Place::in_database(folder, url);
    let mut people = writers(&place);
    let server = place.serve();
    let caller = Caller::new(&place.world.office_token);
    let ballast = memory.path().join("ballast");
    let read_url = format!("{}/api/resources/summary", server.address);
    work(&mut people, &server.address, |_| {
        std::thread::sleep(Duration::from_millis(300));
        fill(&ballast);
        std::thread::sleep(Duration::from_millis(700));
        assert_eq!(
            caller.get(&read_url).unwrap().status,
            200,
            "reading goes on"
        );
        std::fs::remove_file(&ballast).unwrap();
        std::thread::sleep(Duration::from_millis(1_500));
    });
    let refused = people.iter().map(|writer| writer.refused).sum::<usize>();
    assert!(refused > 0, "a full disk refuses to write");
    let before = people.iter().map(|writer| writer.told.len()).sum::<usize>();
    work(&mut people, &server.address, |_| {
        std::thread::sleep(Duration::from_millis(500));
    });
    let after = people.iter().map(|writer| writer.told.len()).sum::<usize>();
    assert!(
        after > before,
        "the same process writes again: {before} then {after}"
    );
    server.kill();
    assert_kept(&place, &people);
    place.assert_whole();
}

/// Takes all the room there is.
fn fill(path: &Path) {
    use std::io::Write;
    let mut file = std::fs::File::create(path).unwrap();
    let block = vec![1_u8; 16 * 1024];
    while file.write_all(&block).is_ok() {}
    while file.write_all(&block[..512]).is_ok() {}
}
