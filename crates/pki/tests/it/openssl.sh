# Makes every certificate of the tests in the current folder. Run by openssl.rs.
set -eu
export OPENSSL_CONF="$PWD/openssl.cnf"
cat > openssl.cnf <<X
[req]
distinguished_name = dn
[dn]
[req_t61]
distinguished_name = dn
string_mask = MASK:4
[req_bmp]
distinguished_name = dn
string_mask = MASK:2048
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
[ca_no_sign]
basicConstraints = critical, CA:TRUE
keyUsage = critical, digitalSignature
[ca_constrained]
basicConstraints = critical, CA:TRUE
nameConstraints = critical, permitted;DNS:example.com
[client]
basicConstraints = CA:FALSE
keyUsage = digitalSignature
extendedKeyUsage = clientAuth
subjectAltName = DNS:client.example.com, URI:urn:example:client, IP:10.1.2.3, IP:2001:db8::1, email:Client@Example.com
[server]
extendedKeyUsage = serverAuth
[any_usage]
extendedKeyUsage = anyExtendedKeyUsage
[plain]
basicConstraints = CA:FALSE
[critical]
1.2.3.4 = critical, DER:0500
[v1_ca_settings]
X
ec() { openssl ecparam -name "$2" -genkey -noout -out "$1.key"; }
key() { ec "$1" prime256v1; }
rsa() { openssl genrsa -out "$1.key" "$2" 2>/dev/null; }
# root NAME SUBJECT EXTENSIONS [options]: self-signed
root() { local name=$1 subject=$2 ext=$3; shift 3; openssl req -x509 -new -key "$name.key" -subj "$subject" -extensions "$ext" -days 30 -out "$name.pem" -utf8 "$@"; }
# issue NAME CA SUBJECT EXTENSIONS [options]
issue() {
  local name=$1 ca=$2 subject=$3 ext=$4; shift 4
  openssl req -new -key "$name.key" -subj "$subject" -utf8 -out "$name.csr"
  sign "$name" "$ca" "$ext" "$@"
}
sign() {
  local name=$1 ca=$2 ext=$3; shift 3
  local with="-extfile openssl.cnf -extensions $ext"
  [ "$ext" = none ] && with=
  openssl x509 -req -in "$name.csr" -CA "$ca.pem" -CAkey "$ca.key" -CAcreateserial $with -days 20 -out "$name.pem" "$@" 2>/dev/null
}

rsa root 2048;        root root '/C=US/O=Root, Inc./CN=Root' ca
key other;            root other '/CN=Other Root' ca
key impostor;         root impostor '/C=US/O=Root, Inc./CN=Root' ca
# Issuers outlive what they issue by days, so that the second in which each was made decides nothing.
key int;              issue int root '/O=Root/CN=Intermediate' ca -days 25
key int_short;        issue int_short root '/O=Root/CN=Short Intermediate' ca -days 5
key leaf;             issue leaf int '/C=US/ST=California/O=Acme+OU=R\+D/emailAddress=a@b.c/CN=client \"x\"' client
cat leaf.pem int.pem > chain.pem
key under_short;      issue under_short int_short '/CN=under short' client
key direct;           issue direct root '/C=US/O=Acme/CN=direct' client
key forged;           issue forged impostor '/C=US/O=Acme/CN=forged' client
key no_usage;         issue no_usage root '/CN=no usage' plain
key any_usage;        issue any_usage root '/CN=any usage' any_usage
key server_only;      issue server_only root '/CN=server only' server
key ca_leaf;          issue ca_leaf root '/CN=ca leaf' ca
key critical;         issue critical root '/CN=critical' critical
key sha1;             issue sha1 root '/CN=sha1' client -sha1
key pss;              issue pss root '/CN=pss' client -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32
key by_leaf;          issue by_leaf leaf '/CN=by leaf' client
cat by_leaf.pem leaf.pem int.pem > by_leaf_chain.pem
# X.509 v1: no -extfile
key v1;               issue v1 root '/CN=v1' none
key v1_int;           issue v1_int int '/CN=v1 by intermediate' none
key v1_forged;        issue v1_forged impostor '/CN=v1 forged' none
key v1_self;          openssl req -new -key v1_self.key -subj '/CN=v1 self' -out v1_self.csr
openssl x509 -req -in v1_self.csr -key v1_self.key -days 30 -out v1_self.pem 2>/dev/null
key by_v1_ca;         issue by_v1_ca v1_self '/CN=by v1 ca' client
key by_v1_leaf;       issue by_v1_leaf v1 '/CN=by v1 leaf' client
# self-signed, as openssl req -x509 makes them
rsa self 2048;        openssl req -x509 -new -key self.key -subj '/C=US/O=Self/CN=self' -days 30 -out self.pem -addext basicConstraints=critical,CA:TRUE
key self_leaf;        root self_leaf '/CN=self leaf' client
key self_server;      root self_server '/CN=self server' server
key by_self_leaf;     issue by_self_leaf self_leaf '/CN=by self leaf' client
key no_sign;          root no_sign '/CN=no sign' ca_no_sign
key by_no_sign;       issue by_no_sign no_sign '/CN=by no sign' client
key constrained;      root constrained '/CN=constrained' ca_constrained
key outside;          openssl req -new -key outside.key -subj '/CN=outside' -out outside.csr
openssl x509 -req -in outside.csr -CA constrained.pem -CAkey constrained.key -CAcreateserial -extfile <(echo subjectAltName=DNS:evil.test) -days 20 -out outside.pem 2>/dev/null
# key types
ec p384 secp384r1;    root p384 '/CN=P-384 CA' ca -sha384
ec p384_leaf secp384r1; issue p384_leaf p384 '/CN=p384' client -sha384
ec p521 secp521r1;    root p521 '/CN=P-521 CA' ca -sha512
ec p521_leaf secp521r1; issue p521_leaf p521 '/CN=p521' client -sha512
openssl genpkey -algorithm ed25519 -out ed.key; root ed '/CN=Ed CA' ca
openssl genpkey -algorithm ed25519 -out ed_leaf.key; issue ed_leaf ed '/CN=ed' client
openssl genpkey -algorithm ed25519 -out ed_v1.key; issue ed_v1 ed '/CN=ed v1' none
rsa rsa1024 1024;     root rsa1024 '/CN=Weak CA' ca
rsa rsa_leaf 3072;    issue rsa_leaf root '/CN=rsa' client
key by_weak;          issue by_weak rsa1024 '/CN=by weak' client
ec k1 secp256k1;      issue k1 root '/CN=k1' client
ec k1_ca secp256k1;   root k1_ca '/CN=K1 CA' ca
key by_k1;            issue by_k1 k1_ca '/CN=by k1' client
key v1_by_k1;         issue v1_by_k1 k1_ca '/CN=v1 by k1' none
key v1_sha1;          issue v1_sha1 root '/CN=v1 sha1' none -sha1
# names
key t61;  openssl req -x509 -new -key t61.key -section req_t61 -utf8 -subj '/O=Zürich/CN=t61' -days 30 -out t61.pem
key bmp;  openssl req -x509 -new -key bmp.key -section req_bmp -utf8 -subj '/O=Łódź/CN=bmp' -days 30 -out bmp.pem
key odd;  root odd '/DC=com/DC=example/serialNumber=42/organizationIdentifier=PSDPL-1/businessCategory=Private Organization/jurisdictionC=PL/O=Zażółć, \"gęślą\" <jaźń>;/CN= #a\\b ' client
key bare; openssl req -x509 -new -key bare.key -subj / -addext subjectAltName=critical,URI:urn:bare -days 30 -out bare.pem
# revocation: root revokes int_revoked, int revokes leaf_revoked
revocation() { # CA
  mkdir "$1.db"; touch "$1.db/index"; echo 01 > "$1.db/crlnumber"
  printf '[ca]\ndefault_ca=d\n[d]\ndatabase=%s/index\ncrlnumber=%s/crlnumber\ndefault_md=sha256\n' "$1.db" "$1.db" > "$1.db/cnf"
}
crl() { # CA OUT days
  openssl ca -config "$1.db/cnf" -gencrl -cert "$1.pem" -keyfile "$1.key" -crldays "$3" -out "$2.crl" 2>/dev/null
}
revoke() { # CA NAME
  openssl ca -config "$1.db/cnf" -revoke "$2.pem" -cert "$1.pem" -keyfile "$1.key" 2>/dev/null
}
revocation root; revocation int; revocation impostor
crl root root_empty 10
key int_revoked;      issue int_revoked root '/O=Root/CN=Revoked Intermediate' ca -days 25
key under_revoked;    issue under_revoked int_revoked '/CN=under revoked' client
key leaf_revoked;     issue leaf_revoked int '/CN=leaf revoked' client
key v1_revoked;       issue v1_revoked root '/CN=v1 revoked' none
revoke root int_revoked; revoke root v1_revoked; revoke int leaf_revoked
crl root root 10
crl int int 10
crl impostor impostor 10
printf '[ca]\ndefault_ca=d\n[d]\ndatabase=root.db/index\ndefault_md=sha256\n' > root.db/cnf_v1
openssl ca -config root.db/cnf_v1 -gencrl -cert root.pem -keyfile root.key -crldays 10 -out v1.crl 2>/dev/null
openssl x509 -in root.pem -trustout -out trusted.pem
