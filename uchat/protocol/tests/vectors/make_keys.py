"""Makes the keys of alice, bob and carol with OpenSSL: once. They are test keys: everybody has them.

Each file holds two PEM blocks, as our own key files do: an RSA key and a Diffie-Hellman key of ffdhe2048, both in
PKCS#8 under the password that is the user's name.
"""
import pathlib
import subprocess

HERE = pathlib.Path(__file__).parent

for name in ["alice", "bob", "carol"]:
    text = b""
    for algorithm in [["RSA", "-pkeyopt", "rsa_keygen_bits:2048"], ["DH", "-pkeyopt", "group:ffdhe2048"]]:
        encrypted = ["-aes-256-cbc", "-pass", f"pass:{name}"]
        text += subprocess.check_output(["openssl", "genpkey", "-quiet", "-algorithm", *algorithm, *encrypted])
    # Never over keys that are there: e2e.json was made with them.
    with open(HERE / f"{name}.pem", "xb") as file:
        file.write(text)
