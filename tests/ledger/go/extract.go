package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

type entryRow struct {
	Index      int64
	ID         string
	Commitment []byte
	Nonce      []byte
	Body       *string
}

type proofRow struct {
	Index  int64
	Hashes [][]byte
}

func isExtract(from source) bool {
	data, err := from.read("manifest.json")
	var manifest struct{ Kind string }
	return err == nil && json.Unmarshal(data, &manifest) == nil && manifest.Kind == "extract"
}

// checkExtract opens each entry of an unpacked extract and checks its proof in the checkpoint.
func checkExtract(from source, head tlog.Tree) error {
	proofs := map[int64]tlog.RecordProof{}
	err := rows(from, "proofs.jsonl", func(line []byte) error {
		var row proofRow
		if err := json.Unmarshal(line, &row); err != nil {
			return err
		}
		for _, hash := range row.Hashes {
			proofs[row.Index] = append(proofs[row.Index], hashOf(hash))
		}
		return nil
	})
	if err != nil {
		return err
	}
	opened := 0
	err = rows(from, "entries.jsonl", func(line []byte) error {
		var row entryRow
		if err := json.Unmarshal(line, &row); err != nil {
			return err
		}
		if row.Body != nil {
			opened++
		}
		return checkEntry(row, proofs[row.Index], head)
	})
	if err == nil {
		fmt.Printf("verified: %d entries under a checkpoint of %d leaves\n", opened, head.N)
	}
	return err
}

func checkEntry(row entryRow, proof tlog.RecordProof, head tlog.Tree) error {
	if row.Body != nil {
		digest := sha256.New()
		digest.Write([]byte("vtc-ledger/1\n"))
		digest.Write(row.Nonce)
		digest.Write([]byte(*row.Body))
		if len(row.Nonce) != 32 || !bytes.Equal(append([]byte{1}, digest.Sum(nil)...), row.Commitment) {
			return fmt.Errorf("%s: the body is not the one that was committed to", row.ID)
		}
	}
	if err := tlog.CheckRecord(proof, head.N, head.Hash, row.Index, tlog.RecordHash(row.Commitment)); err != nil {
		return fmt.Errorf("%s: %w (%s)", row.ID, err, base64.StdEncoding.EncodeToString(row.Commitment))
	}
	return nil
}

func rows(from source, name string, each func([]byte) error) error {
	data, err := from.read(name)
	if err != nil {
		return err
	}
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		if err := each(lines.Bytes()); err != nil {
			return err
		}
	}
	return lines.Err()
}

func hashOf(data []byte) (hash tlog.Hash) {
	copy(hash[:], data)
	return hash
}
