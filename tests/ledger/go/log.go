package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

// hashes is a log's hash storage, in the order of tlog.StoredHashIndex.
type hashes []tlog.Hash

func (h hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index >= int64(len(h)) {
			return nil, fmt.Errorf("hash %d is not stored", index)
		}
		found[i] = h[index]
	}
	return found, nil
}

// checkLog rebuilds the tree from its entry bundles, and compares the root with the checkpoint and every tile with the tree.
func checkLog(from source, head tlog.Tree) (hashes, error) {
	log, err := rebuild(from, head.N)
	if err != nil {
		return nil, err
	}
	root, err := tlog.TreeHash(head.N, log)
	if err != nil {
		return nil, err
	}
	if head.N > 0 && root != head.Hash {
		return nil, fmt.Errorf("the entries give the root %v, the checkpoint says %v", root, head.Hash)
	}
	tiles := layout(head.N)
	for _, tile := range tiles {
		if err := checkTile(from, log, tile); err != nil {
			return nil, err
		}
	}
	if err := readThroughTiles(from, head, log); err != nil {
		return nil, err
	}
	fmt.Printf("verified: %d leaves, %d tiles\n", head.N, len(tiles))
	return log, nil
}

func rebuild(from source, size int64) (hashes, error) {
	var log hashes
	for next := int64(0); next < size; {
		width := size - next
		if width > 1<<height {
			width = 1 << height
		}
		name := path(tlog.Tile{H: height, L: 0, N: next >> height, W: int(width)})
		data, err := from.read(strings.Replace(name, "tile/0/", "tile/entries/", 1))
		if err != nil {
			return nil, err
		}
		entries, err := unpack(data)
		if err != nil || int64(len(entries)) != width {
			return nil, fmt.Errorf("entry bundle %d is malformed", next>>height)
		}
		for _, entry := range entries {
			added, err := tlog.StoredHashes(next, entry, log)
			if err != nil {
				return nil, err
			}
			log = append(log, added...)
			next++
		}
	}
	return log, nil
}

// layout is every tile of a tree of that size in its widest form (tlog.NewTiles also lists the narrower ones on the way).
func layout(size int64) []tlog.Tile {
	var tiles []tlog.Tile
	for level := 0; size > 0; level++ {
		for first := int64(0); first < size; first += 1 << height {
			width := size - first
			if width > 1<<height {
				width = 1 << height
			}
			tiles = append(tiles, tlog.Tile{H: height, L: level, N: first >> height, W: int(width)})
		}
		size >>= height
	}
	return tiles
}

func unpack(data []byte) ([][]byte, error) {
	var entries [][]byte
	for len(data) > 0 {
		if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
			return nil, fmt.Errorf("ends within an entry")
		}
		end := 2 + int(binary.BigEndian.Uint16(data))
		entries = append(entries, data[2:end])
		data = data[end:]
	}
	return entries, nil
}

func checkTile(from source, log hashes, tile tlog.Tile) error {
	want, err := tlog.ReadTileData(tile, log)
	if err != nil {
		return err
	}
	got, err := from.read(path(tile))
	if err != nil {
		return err
	}
	if !bytes.Equal(got, want) {
		return fmt.Errorf("%s is not the tile of its entries", path(tile))
	}
	return nil
}

// path is tlog-tiles' path of a tile, which leaves out the height that Go's own servers put in.
func path(tile tlog.Tile) string {
	return "tile/" + strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", height))
}

// tiles reads tiles for tlog.TileHashReader, which authenticates them against the checkpoint.
type tiles struct{ from source }

func (t tiles) Height() int                     { return height }
func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	found := make([][]byte, len(wanted))
	for i, tile := range wanted {
		data, err := t.from.read(path(tile))
		if err != nil {
			return nil, err
		}
		found[i] = data
	}
	return found, nil
}

// readThroughTiles reads the first, middle and last leaf the way a client does that has not seen the whole log.
func readThroughTiles(from source, head tlog.Tree, log hashes) error {
	if head.N == 0 {
		return nil
	}
	reader := tlog.TileHashReader(head, tiles{from})
	for _, leaf := range []int64{0, head.N / 2, head.N - 1} {
		index := tlog.StoredHashIndex(0, leaf)
		found, err := reader.ReadHashes([]int64{index})
		if err != nil {
			return err
		}
		if found[0] != log[index] {
			return fmt.Errorf("the tiles give another hash for leaf %d than its entry", leaf)
		}
	}
	return nil
}

func checkGrowth(log hashes, old, head tlog.Tree) error {
	if old.N > head.N {
		return fmt.Errorf("the earlier checkpoint has %d leaves, this one %d", old.N, head.N)
	}
	if old.N > 0 {
		proof, err := tlog.ProveTree(head.N, old.N, log)
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(proof, head.N, head.Hash, old.N, old.Hash); err != nil {
			return fmt.Errorf("not a continuation of the earlier checkpoint: %w", err)
		}
	}
	fmt.Printf("verified: a continuation of the checkpoint of %d leaves\n", old.N)
	return nil
}
