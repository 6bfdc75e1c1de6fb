//! The messenger's command line.

fn main() {
    println!("uchat server\nuchat join INVITE\nuchat register --username NAME --email MAIL");
}
