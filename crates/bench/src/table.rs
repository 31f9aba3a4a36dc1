//! The table that people read.

use serde_json::Value;

/// Prints what was measured.
pub fn print(results: &Value) {
    let machine = &results["machine"];
    println!(
        "\n{} cores, {}, SQLite {}, {} build, load {}",
        machine["cores"],
        text(&machine["memory"]),
        text(&machine["sqlite"]),
        text(&machine["build"]),
        text(&machine["load_average"])
    );
    print_commands(results);
    print_reads(results);
    for server in ["sqlite", "postgres", "other"] {
        for size in results["fhir"][server].as_array().into_iter().flatten() {
            print_fhir(server, size);
        }
    }
    println!("\nserver process");
    for (name, value) in results["process"].as_object().into_iter().flatten() {
        println!("  {name:<34} {:>8}", text(value));
    }
}

fn print_commands(results: &Value) {
    println!(
        "\n{:<36} {:>12} {:>12}",
        "a second, durable", "SQLite", "PostgreSQL"
    );
    let both = |label: &str, path: &str| {
        let value = |engine: &str| {
            results
                .pointer(&format!("/{engine}/{path}"))
                .map_or("-".to_owned(), text)
        };
        println!(
            "{label:<36} {:>12} {:>12}",
            value("sqlite"),
            value("postgres")
        );
    };
    both("fdatasync of the same minute", "fdatasyncs_per_second");
    both("raw engine, one row one commit", "raw_commits_per_second");
    both(
        "referral submit, 64 clients",
        "referral_submit/commands_per_second",
    );
    both("  p50 µs", "referral_submit/p50_micros");
    both("  p99 µs", "referral_submit/p99_micros");
    both(
        "hold and confirm, 64 clients",
        "hold_confirm/commands_per_second",
    );
    both("  tenths of the raw rate", "hold_confirm/tenths_of_raw");
    both("  p50 µs", "hold_confirm/p50_micros");
    both("  p99 µs", "hold_confirm/p99_micros");
    both("64 at one slot: rounds", "one_slot/rounds");
    both(
        "  rounds with one winner",
        "one_slot/rounds_with_one_winner",
    );
    both("  p50 µs", "one_slot/p50_micros");
    both("  p99 µs", "one_slot/p99_micros");
}

fn print_reads(results: &Value) {
    println!();
    for size in results["reads"].as_array().into_iter().flatten() {
        println!(
            "{} referrals, {} slots, loaded in {} s",
            size["referrals"], size["slots"], size["load_seconds"]
        );
        for read in size["reads"].as_array().into_iter().flatten() {
            println!(
                "  {:<34} p50 {:>8} µs   p99 {:>8} µs",
                text(&read["name"]),
                text(&read["p50_micros"]),
                text(&read["p99_micros"])
            );
        }
    }
}

fn print_fhir(server: &str, size: &Value) {
    println!(
        "\nFHIR on {server}: {} resources, {} bytes each on disk, {} KiB of memory",
        size["resources"], size["disk_bytes_a_resource"], size["anonymous_kib"]
    );
    let line = |name: &str, of: &Value| {
        println!(
            "  {name:<38} {:>8}/s  p50 {:>8} µs  p99 {:>8} µs  processor {:>7} µs",
            text(&of["per_second"]),
            text(&of["p50_micros"]),
            text(&of["p99_micros"]),
            text(&of["processor_micros"])
        );
    };
    line("transactions of 41 entries", &size["transactions"]);
    line("creates, 64 clients", &size["creates"]);
    for question in size["questions"].as_array().into_iter().flatten() {
        line(&text(&question["name"]), question);
    }
    println!(
        "  {:<38} {:>8} KiB/s",
        "export",
        text(&size["export"]["kib_per_second"])
    );
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
