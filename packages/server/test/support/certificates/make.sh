#!/bin/sh
# Makes the certificates beside it, valid from 2020 to 2120. They are committed: this runs only to change them.
# The keys are public by that: nothing but tests may ever trust them.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat > "$work/ca.cnf" <<END
[ca]
default_ca = tests
[tests]
new_certs_dir = $work
database = $work/index
rand_serial = yes
unique_subject = no
default_md = sha256
policy = any
[any]
commonName = supplied
[authority]
basicConstraints = critical, CA:TRUE
END
: > "$work/index"

# certificate <file> <common name> <extension> [<end>]: signed by the authority, or by itself where that does not exist yet
certificate() {
  openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"
  openssl req -new -key "$1.key" -subj "/CN=$2" -out "$work/request"
  printf '[extensions]\n%s\n' "$3" > "$work/extensions"
  if [ -f "$work/authority.key" ]; then signer="-cert authority.pem -keyfile $work/authority.key"; else signer="-selfsign -keyfile $1.key"; fi
  # shellcheck disable=SC2086
  openssl ca -batch -notext -config "$work/ca.cnf" $signer -startdate 20200101000000Z -enddate "${4:-21200101000000Z}" \
    -extfile "$work/extensions" -extensions extensions -in "$work/request" -out "$1.pem"
}

certificate stranger 'A stranger' 'basicConstraints = CA:TRUE'
certificate authority 'Kirin test authority' 'basicConstraints = critical, CA:TRUE'
mv authority.key "$work/"
certificate server localhost 'subjectAltName = DNS:localhost, IP:127.0.0.1'
certificate renewed localhost 'subjectAltName = DNS:localhost, IP:127.0.0.1'
certificate shop shop.example 'subjectAltName = DNS:shop.example, DNS:*.shop.example'
certificate admin admin.shop.example 'subjectAltName = DNS:admin.shop.example'
certificate client 'A client' 'extendedKeyUsage = clientAuth'
certificate expired localhost 'subjectAltName = DNS:localhost' 20200201000000Z
openssl ec -in server.key -aes128 -passout pass:secret -out encrypted.key
chmod 644 ./*.key
