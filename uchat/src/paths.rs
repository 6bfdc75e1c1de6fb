//! `uchat paths`: where everything lies, and how to remove it.

use crate::cli::Global;
use crate::known::data_dir;
use crate::output;
use echo::lab::{Failure, io_failure};

/// Prints it.
pub(crate) fn paths(global: &Global) -> Result<(), Failure> {
    let profile =
        std::path::absolute(global.profile_dir()?).map_err(|e| io_failure("no such profile", &e))?;
    let there = if profile.is_dir() { "" } else { " (not there yet)" };
    let data = data_dir()?;
    output::say(format_args!(
        "profile          {}{there}\n\
         server's data    {}\n\
         private server   {}\n\
         all of uchat     {}\n\
         \n\
         Nothing lies anywhere else, but what you save or export yourself.\n\
         To remove an account from this machine, remove its profile: its keys are gone then, and with them\n\
         what others encrypt for them. The account on the server stays; `delete_account` in `uchat run` ends it.",
        profile.display(),
        data.join("server").display(),
        data.join("private").display(),
        data.display(),
    ))
}
