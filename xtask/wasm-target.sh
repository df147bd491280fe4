#!/usr/bin/env bash
# Makes `cargo build --target wasm32-unknown-unknown` work with the rustup toolchain in use.
# `cargo xtask` starts it where `rustup target add` cannot reach its server: it builds the target's std from Debian's
# rust-src package of the very same version and puts it into the toolchain's sysroot. The std is built with bitcode, so
# that `lto = true` works in the wasm profile.
set -euo pipefail

target=wasm32-unknown-unknown
sysroot=$(rustc --print sysroot)
libdir=$sysroot/lib/rustlib/$target/lib
have_std() { compgen -G "$libdir/libstd-*.rlib" >/dev/null; }

have_std && exit 0

version=$(rustc --version | awk '{print $2}')
command -v apt-get >/dev/null || { echo "no $target std for rustc $version: run 'rustup target add $target'" >&2; exit 1; }
echo "building the std of $target from Debian's rust-src $version" >&2

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/src"

# The mirror that this machine's apt already uses, asked for the suites that carry recent rust-src packages.
site=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null | grep -E '/debian/?$' | head -n 1)
[ -n "$site" ] || { echo "no Debian archive in apt's sources" >&2; exit 1; }
for suite in trixie-backports forky sid; do echo "deb $site $suite main"; done >"$work/sources.list"
apt_get() {
  apt-get -o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts=/dev/null \
          -o Dir::State::Lists="$work/lists" -o APT::Sandbox::User=root -o Acquire::Languages=none "$@"
}
apt_get update -qq >&2
package=$(apt-cache -o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts=/dev/null \
                    -o Dir::State::Lists="$work/lists" madison rust-src | awk -F'|' '{gsub(/ /,"",$2); print $2}' | grep -E "^$version[+~-]" | head -n 1)
[ -n "$package" ] || { echo "Debian has no rust-src $version" >&2; exit 1; }
(cd "$work" && apt_get download -qq "rust-src=$package" >&2)
dpkg-deb --fsys-tarfile "$work"/rust-src_*.deb | tar -x -C "$work/src" "./usr/src/rustc-$version/library"

# -Zbuild-std wants the sources inside the sysroot; they leave it again at the end.
mkdir -p "$sysroot/lib/rustlib/src/rust"
cp -r "$work/src/usr/src/rustc-$version/library" "$sysroot/lib/rustlib/src/rust/"
mkdir -p "$work/seed/src"
printf '[package]\nname = "seed"\nversion = "0.0.0"\nedition = "2021"\n' >"$work/seed/Cargo.toml"
echo '#![no_std]' >"$work/seed/src/lib.rs"
(cd "$work/seed" && RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Cembed-bitcode=yes CARGO_TARGET_DIR="$work/target" \
  cargo build --quiet --release --target "$target" -Zbuild-std=std,panic_abort,panic_unwind,proc_macro)
mkdir -p "$libdir"
cp "$work/target/$target/release/deps/"*.rlib "$libdir/"
rm -f "$libdir"/libseed-*.rlib
rm -rf "$sysroot/lib/rustlib/src"
have_std
