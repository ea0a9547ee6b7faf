"""Modules that languages bring with them, and packages that are imported by another name."""

_NODE_BUILTINS = """
assert async_hooks buffer child_process cluster console constants crypto dgram
diagnostics_channel dns domain events fs http http2 https inspector module net os path
perf_hooks process punycode querystring readline repl stream string_decoder sys test timers tls
trace_events tty url util v8 vm wasi worker_threads zlib bun
"""
NODE_BUILTINS = frozenset(_NODE_BUILTINS.split())
_RUST_BUILTINS = """
std core alloc proc_macro test crate self super
"""
RUST_BUILTINS = frozenset(_RUST_BUILTINS.split())
# What is installed, by what is imported.
PYTHON_DISTRIBUTIONS = {
    "yaml": ("pyyaml", "ruamel.yaml"),
    "bs4": ("beautifulsoup4",),
    "PIL": ("pillow",),
    "cv2": ("opencv",),
    "sklearn": ("scikit-learn",),
    "skimage": ("scikit-image",),
    "dateutil": ("python-dateutil",),
    "dotenv": ("python-dotenv",),
    "jwt": ("pyjwt",),
    "jose": ("python-jose",),
    "serial": ("pyserial",),
    "usb": ("pyusb",),
    "OpenSSL": ("pyopenssl",),
    "Crypto": ("pycryptodome", "pycrypto"),
    "attr": ("attrs",),
    "google": ("google", "protobuf"),
    "git": ("gitpython",),
    "gi": ("pygobject",),
    "magic": ("python-magic",),
    "MySQLdb": ("mysqlclient",),
    "psycopg2": ("psycopg2-binary",),
    "rest_framework": ("djangorestframework",),
    "pkg_resources": ("setuptools",),
    "win32api": ("pywin32",),
    "win32con": ("pywin32",),
    "win32com": ("pywin32",),
    "pythoncom": ("pywin32",),
    "zmq": ("pyzmq",),
    "wx": ("wxpython",),
    "docx": ("python-docx",),
    "pptx": ("python-pptx",),
    "telegram": ("python-telegram-bot",),
    "slugify": ("python-slugify",),
    "Levenshtein": ("python-levenshtein",),
    "fitz": ("pymupdf",),
    "markdown_it": ("markdown-it-py",),
    "tree_sitter": ("tree-sitter",),
    "websocket": ("websocket-client",),
    "ldap": ("python-ldap",),
    "nacl": ("pynacl",),
    "faiss": ("faiss-cpu",),
    "_pytest": ("pytest",),
    "pytest_asyncio": ("pytest-asyncio",),
    "mpl_toolkits": ("matplotlib",),
    "pylab": ("matplotlib",),
    "xdist": ("pytest-xdist",),
    "shiboken6": ("pyside6",),
    "sentry_sdk": ("sentry-sdk",),
    "flask_cors": ("flask-cors",),
}
# Of https://pkg.go.dev/std as of Go 1.24.
_GO_STANDARD = """
archive/tar archive/zip bufio builtin bytes cmp compress/bzip2 compress/flate compress/gzip
compress/lzw compress/zlib container/heap container/list container/ring context crypto
crypto/aes crypto/cipher crypto/des crypto/dsa crypto/ecdh crypto/ecdsa crypto/ed25519
crypto/elliptic crypto/fips140 crypto/hkdf crypto/hmac crypto/md5 crypto/mlkem crypto/pbkdf2
crypto/rand crypto/rc4 crypto/rsa crypto/sha1 crypto/sha256 crypto/sha3 crypto/sha512
crypto/subtle crypto/tls crypto/x509 crypto/x509/pkix database/sql database/sql/driver
debug/buildinfo debug/dwarf debug/elf debug/gosym debug/macho debug/pe debug/plan9obj embed
encoding encoding/ascii85 encoding/asn1 encoding/base32 encoding/base64 encoding/binary
encoding/csv encoding/gob encoding/hex encoding/json encoding/pem encoding/xml errors expvar
flag fmt go/ast go/build go/build/constraint go/constant go/doc go/doc/comment go/format
go/importer go/parser go/printer go/scanner go/token go/types go/version hash hash/adler32
hash/crc32 hash/crc64 hash/fnv hash/maphash html html/template image image/color
image/color/palette image/draw image/gif image/jpeg image/png index/suffixarray io io/fs
io/ioutil iter log log/slog log/syslog maps math math/big math/bits math/cmplx math/rand
math/rand/v2 mime mime/multipart mime/quotedprintable net net/http net/http/cgi
net/http/cookiejar net/http/fcgi net/http/httptest net/http/httptrace net/http/httputil
net/http/pprof net/mail net/netip net/rpc net/rpc/jsonrpc net/smtp net/textproto net/url os
os/exec os/signal os/user path path/filepath plugin reflect regexp regexp/syntax runtime
runtime/cgo runtime/coverage runtime/debug runtime/metrics runtime/pprof runtime/race
runtime/trace slices sort strconv strings structs sync sync/atomic syscall syscall/js testing
testing/fstest testing/iotest testing/quick testing/slogtest testing/synctest text/scanner
text/tabwriter text/template text/template/parse time time/tzdata unicode unicode/utf16
unicode/utf8 unique unsafe weak
"""
GO_STANDARD = frozenset(_GO_STANDARD.split())
