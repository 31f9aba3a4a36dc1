//! A3: the power goes while 32 writers work on the embedded database. A file system of its own is
//! stopped without writing its log, as a cut leaves it, and mounted again; nothing acknowledged is
//! lost and the database is sound. `LIANTI_POWER_CYCLES` says how often on each file system.

use std::path::Path;
use std::process::Command;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tempfile::TempDir;
use testkit::is_full;

use crate::server::{Place, wanted};
use crate::writers::{assert_kept, work, writers};

/// How long writers work before the cut.
const RUN: Duration = Duration::from_millis(250);
/// Room for the database and the smallest XFS that mkfs makes.
const IMAGE_MIB: u64 = 320;
/// `EXT4_IOC_SHUTDOWN` and `XFS_IOC_GOINGDOWN` are one number; 2 means that the log is not flushed.
/// The workspace forbids unsafe code, and with it system calls of one's own: Python makes this one.
const SHUT_DOWN: &str = "import fcntl, os, struct, sys
fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587d, struct.pack('I', 2))";

/// A file system in a file, mounted by a loop device.
struct Disk {
    folder: TempDir,
}

impl Disk {
    /// `None` where this user or this machine can't make and mount one.
    fn make(kind: &str) -> Option<Self> {
        let disk = Self {
            folder: TempDir::new().unwrap(),
        };
        let image = std::fs::File::create(disk.image()).unwrap();
        image.set_len(IMAGE_MIB * 1_048_576).unwrap();
        std::fs::create_dir(disk.mount_point()).unwrap();
        let made = Command::new(format!("mkfs.{kind}"))
            .arg("-q")
            .arg(disk.image())
            .output();
        let made = made.is_ok_and(|output| output.status.success());
        let python = Command::new("python3").arg("--version").output().is_ok();
        (made && python && disk.mount()).then_some(disk)
    }

    fn image(&self) -> std::path::PathBuf {
        self.folder.path().join("image")
    }

    fn mount_point(&self) -> std::path::PathBuf {
        self.folder.path().join("mounted")
    }

    fn mount(&self) -> bool {
        succeeds(
            Command::new("mount")
                .args(["-o", "loop"])
                .arg(self.image())
                .arg(self.mount_point()),
        )
    }

    /// From here on nothing reaches the disk.
    fn cut(&self) {
        let mut command = Command::new("python3");
        command.args(["-c", SHUT_DOWN]).arg(self.mount_point());
        assert!(succeeds(&mut command), "the file system stops");
    }

    /// The machine comes up again: the file system replays its log.
    fn come_back(&self) {
        assert!(unmount(&self.mount_point()), "nobody is left on the disk");
        assert!(self.mount(), "the file system heals");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // The test has failed or ended; the image goes with its folder.
        unmount(&self.mount_point());
    }
}

fn unmount(path: &Path) -> bool {
    succeeds(Command::new("umount").arg(path))
}

fn succeeds(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

/// Answers what there is to tell.
fn nothing_acknowledged_is_lost(kind: &str) -> String {
    let Some(disk) = Disk::make(kind) else {
        return format!("skipped: this machine can't make and mount {kind} in a file");
    };
    let cycles = wanted("LIANTI_POWER_CYCLES", if is_full() { 200 } else { 3 });
    let folder = TempDir::new_in(disk.mount_point()).unwrap();
    let url = format!("sqlite:{}", folder.path().join("lianti.db").display());
    let place = Place::in_database(folder, url);
    let mut people = writers(&place);
    for _ in 0..cycles {
        let server = place.serve();
        let address = server.address.clone();
        work(&mut people, &address, |signals| {
            std::thread::sleep(RUN);
            // What was told before the cut must hold; what is told during it need not.
            signals.deaf.store(true, Ordering::SeqCst);
            disk.cut();
            server.kill();
        });
        disk.come_back();
        assert_kept(&place, &people);
    }
    let acknowledged = assert_kept(&place, &people);
    assert!(acknowledged > cycles, "only {acknowledged} writes");
    place.assert_whole();
    drop(place);
    format!("{kind}: {cycles} power cuts, {acknowledged} holds acknowledged, none lost")
}

#[test]
fn nothing_acknowledged_is_lost_when_the_power_goes_on_ext4() {
    println!("{}", nothing_acknowledged_is_lost("ext4"));
}

#[test]
fn nothing_acknowledged_is_lost_when_the_power_goes_on_xfs() {
    println!("{}", nothing_acknowledged_is_lost("xfs"));
}
