"""BM25 of another engine over a collection, as a run file of TREC.

    python tests/eval/peer.py COLLECTION --split dev > peer.run
    healthnews eval COLLECTION --split dev --run peer.run

By default as Anserini does it for its regressions on BEIR collections: BM25 as in Lucene with k1 0.9 and b 0.4, Porter stems,
the stop words of Lucene, title and text as one field. `--title-weight 3` counts the words of the title three times. With
`--summed` title and text are two fields, whose scores are added up, that of the title times its weight.
"""

import argparse
import json
import re
import sys
from pathlib import Path

import bm25s
import numpy as np
import Stemmer

# Lucene's EnglishAnalyzer.ENGLISH_STOP_WORDS_SET.
STOP_WORDS = frozenset(
    "a an and are as at be but by for if in into is it no not of on or such that the their then there these they this to "
    "was will with".split()
)
POSSESSIVE = re.compile(r"['\u2019][sS]\b")
WORD = re.compile(r"\w+(?:['\u2019.]\w+)*")


def analyser(stems):
    """Text → terms, roughly as Lucene's EnglishAnalyzer: words, no possessives, lower case, no stop words, stems."""
    stem = Stemmer.Stemmer(stems).stemWord
    known = {}

    def terms(text):
        words = WORD.findall(POSSESSIVE.sub("", text).lower())
        return [known.get(word) or known.setdefault(word, stem(word)) for word in words if word not in STOP_WORDS]

    return terms


def json_lines(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("collection", type=Path)
    options.add_argument("--split", default="test")
    options.add_argument("--k1", type=float, default=0.9)
    options.add_argument("--b", type=float, default=0.4)
    options.add_argument("--title-weight", type=int, default=1)
    options.add_argument("--summed", action="store_true")
    options.add_argument("--stems", default="porter", help="a stemmer of Snowball: porter, english")
    options.add_argument("--depth", type=int, default=1000)
    given = options.parse_args()

    terms = analyser(given.stems)
    documents = json_lines(given.collection / "corpus.jsonl")

    def engine_of(texts):
        engine = bm25s.BM25(method="lucene", k1=given.k1, b=given.b)
        engine.index([terms(text) for text in texts], show_progress=False)
        return engine

    if given.summed:
        titles = engine_of(document["title"] for document in documents)
        fields = [(given.title_weight, titles), (1, engine_of(document["text"] for document in documents))]
    else:
        weighted = (" ".join([document["title"]] * given.title_weight + [document["text"]]) for document in documents)
        fields = [(1, engine_of(weighted))]

    def scores_of(wanted):
        scores = np.zeros(len(documents))
        for weight, engine in fields:
            known = [term for term in wanted if term in engine.vocab_dict]
            if known:
                scores += weight * engine.get_scores(known)
        return scores

    with open(given.collection / "qrels" / f"{given.split}.tsv", encoding="utf-8") as rows:
        judged = {row.split("\t")[0] for row in rows}
    for query in json_lines(given.collection / "queries.jsonl"):
        if query["_id"] not in judged:
            continue
        scores = scores_of(terms(query["text"]))
        best = np.argsort(-scores, kind="stable")[: given.depth]
        for rank, at in enumerate(best, 1):
            if scores[at] > 0:
                sys.stdout.write(f"{query['_id']} Q0 {documents[at]['_id']} {rank} {scores[at]} bm25s\n")


if __name__ == "__main__":
    main()
