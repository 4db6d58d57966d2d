// Tlogcheck checks a C2SP tlog-tiles log, or an unpacked evidence bundle, with Go's own note and tlog packages.
//
// It shares no code with the platform. Built with Debian's golang-go and golang-golang-x-mod-dev, without a module proxy:
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go build -o tlogcheck .
//	./tlogcheck -key ORIGIN+HASH+KEY (-url PREFIX | -dir FOLDER) [-old CHECKPOINT]
package main

import (
	"flag"
	"fmt"
	"os"

	"golang.org/x/mod/sumdb/note"
)

func main() {
	key := flag.String("key", "", "verifier key of the log: ORIGIN+HASH+KEY")
	url := flag.String("url", "", "prefix under which the log is served")
	dir := flag.String("dir", "", "folder of a static log or of an unpacked bundle")
	old := flag.String("old", "", "file with an earlier checkpoint of the same log")
	flag.Parse()
	if *key == "" || (*url == "") == (*dir == "") {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(*key, *url, *dir, *old); err != nil {
		fmt.Fprintln(os.Stderr, "REFUSED:", err)
		os.Exit(1)
	}
}

func run(key, url, dir, old string) error {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return err
	}
	source := newSource(url, dir)
	signed, err := source.read("checkpoint")
	if err != nil {
		return err
	}
	head, err := openCheckpoint(signed, verifier)
	if err != nil {
		return err
	}
	if isExtract(source) {
		return checkExtract(source, head)
	}
	log, err := checkLog(source, head)
	if err != nil {
		return err
	}
	if old == "" {
		return nil
	}
	signed, err = os.ReadFile(old)
	if err != nil {
		return err
	}
	before, err := openCheckpoint(signed, verifier)
	if err != nil {
		return err
	}
	return checkGrowth(log, before, head)
}
