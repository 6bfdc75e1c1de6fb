//! `uchat paths`: where everything lies, and how to remove it.

use crate::cli::Global;
use crate::known::data_dir;
use echo::lab::Failure;

/// Prints it.
pub(crate) fn paths(global: &Global) -> Result<(), Failure> {
    let profile = global.profile_dir()?;
    let there = if profile.is_dir() { "" } else { " (not there yet)" };
    println!("profile          {}{there}", profile.display());
    println!("server's data    {}", data_dir()?.join("server").display());
    println!("all of uchat     {}", data_dir()?.display());
    println!();
    println!("Nothing lies anywhere else, but what you save or export yourself.");
    println!(
        "To remove an account from this machine, remove its profile: its keys are gone then, and with them"
    );
    println!(
        "what others encrypt for them. The account on the server stays; `delete_account` in `uchat run` ends it."
    );
    Ok(())
}
