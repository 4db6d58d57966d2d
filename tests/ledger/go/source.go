package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
)

// A source gives the files of a log by their tlog-tiles paths.
type source interface {
	read(name string) ([]byte, error)
}

func newSource(url, dir string) source {
	if url != "" {
		return web(url)
	}
	return folder(dir)
}

type folder string

func (f folder) read(name string) ([]byte, error) {
	return os.ReadFile(filepath.Join(string(f), filepath.FromSlash(name)))
}

type web string

func (w web) read(name string) ([]byte, error) {
	answer, err := http.Get(string(w) + "/" + name)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", name, answer.Status)
	}
	return io.ReadAll(answer.Body)
}
