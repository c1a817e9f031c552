// The certificates of the profile tls. They prove nothing to anybody: whoever reads this has their keys. Made with OpenSSL, once,
// so that the suite needs no tool for it: P-256, from 2020 to 2120; the key of the authority was thrown away.

/** The authority that both were signed by: what a server is to trust when it asks clients for certificates. */
export const AUTHORITY = `-----BEGIN CERTIFICATE-----
MIIBfTCCASOgAwIBAgIBATAKBggqhkjOPQQDAjAlMSMwIQYDVQQDDBpOU0dJIGNv
bmZvcm1hbmNlIGF1dGhvcml0eTAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAw
MDAwMFowJTEjMCEGA1UEAwwaTlNHSSBjb25mb3JtYW5jZSBhdXRob3JpdHkwWTAT
BgcqhkjOPQIBBggqhkjOPQMBBwNCAATVCoF2DBQIYJdaTENCpKPvxVippUSmT0HI
VLgohVEXpwJyGQVTeG3tl9KcpgHnSEXlMhlgrSpMAaY6uhB/Utlvo0IwQDAPBgNV
HRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwICBDAdBgNVHQ4EFgQUot28Bgqq3q4V
CR1i0dtO27dyKq4wCgYIKoZIzj0EAwIDSAAwRQIgexEeyXDFrpuMSYPJY383lSCF
rzlC7q57lmcQBOOZyysCIQCyygRMRyvYvwdEXgUlfe524chEfq6PAtt3EiBIOvy5
5A==
-----END CERTIFICATE-----
`

/** For `conformance.test`, `localhost` and 127.0.0.1. */
export const SERVER_CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIB0zCCAXmgAwIBAgIBAjAKBggqhkjOPQQDAjAlMSMwIQYDVQQDDBpOU0dJIGNv
bmZvcm1hbmNlIGF1dGhvcml0eTAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAw
MDAwMFowGzEZMBcGA1UEAwwQY29uZm9ybWFuY2UudGVzdDBZMBMGByqGSM49AgEG
CCqGSM49AwEHA0IABL0FOdsYh3aImUvCdeCXe3CpOZ/Mgb7OM3hZeBXHof3h0J37
yVIHG4q8BYusrrvzEedlvIw56lLiFDely2ikoyqjgaEwgZ4wCQYDVR0TBAIwADAO
BgNVHQ8BAf8EBAMCB4AwEwYDVR0lBAwwCgYIKwYBBQUHAwEwLAYDVR0RBCUwI4IQ
Y29uZm9ybWFuY2UudGVzdIIJbG9jYWxob3N0hwR/AAABMB8GA1UdIwQYMBaAFKLd
vAYKqt6uFQkdYtHbTtu3ciquMB0GA1UdDgQWBBQVoqblzVQujD4j3xMwwAZGuzlF
GTAKBggqhkjOPQQDAgNIADBFAiEAt7x43a6i9rjFUfqgFhS+KpsAmwTcbnjymIls
PnPXqwoCIGurEwSIBO5VIKBss0VTG3zZPj04KEfPMKLx4vrwshjb
-----END CERTIFICATE-----
`

/** The key of {@link SERVER_CERTIFICATE}. */
export const SERVER_KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgPVOXYuG84U/1zlVQ
DYmf/ADKc+0FNHucWhiR9ocy2DyhRANCAAS9BTnbGId2iJlLwnXgl3twqTmfzIG+
zjN4WXgVx6H94dCd+8lSBxuKvAWLrK678xHnZbyMOepS4hQ3pctopKMq
-----END PRIVATE KEY-----
`

/** Of a client; its common name is {@link CLIENT_NAME}. */
export const CLIENT_CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBqzCCAVCgAwIBAgIBAzAKBggqhkjOPQQDAjAlMSMwIQYDVQQDDBpOU0dJIGNv
bmZvcm1hbmNlIGF1dGhvcml0eTAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAw
MDAwMFowIjEgMB4GA1UEAwwXTlNHSSBjb25mb3JtYW5jZSBjbGllbnQwWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAARUqRm8NC7L3ekiR9+ro2I+XcFQ443R3id5Dlhv
7G/VPcxxRyDFMVA7ctgzRNpvkKHg/u4IHWS/9hVp3Zaj1kdoo3IwcDAJBgNVHRME
AjAAMA4GA1UdDwEB/wQEAwIHgDATBgNVHSUEDDAKBggrBgEFBQcDAjAfBgNVHSME
GDAWgBSi3bwGCqrerhUJHWLR207bt3IqrjAdBgNVHQ4EFgQU3NedvP0gThTlM4lH
bhV07atCAkowCgYIKoZIzj0EAwIDSQAwRgIhAN0FNMeyjvO3LHrEyKsT9wMhnyhN
iNMmrLAwMaW/5KqZAiEAhHNJCKmujD/uXUipC/LNJeKzCBr7w/4pbNP95IOLz5U=
-----END CERTIFICATE-----
`

/** The key of {@link CLIENT_CERTIFICATE}. */
export const CLIENT_KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgeAEWzo+99PDlUE53
kXQd8/YomUtghLHF/KVu8LQXeoqhRANCAARUqRm8NC7L3ekiR9+ro2I+XcFQ443R
3id5Dlhv7G/VPcxxRyDFMVA7ctgzRNpvkKHg/u4IHWS/9hVp3Zaj1kdo
-----END PRIVATE KEY-----
`

/** The common name in {@link SERVER_CERTIFICATE}; what the suite's clients ask for. */
export const SERVER_NAME = 'conformance.test'

/** The common name in {@link CLIENT_CERTIFICATE}. */
export const CLIENT_NAME = 'NSGI conformance client'
