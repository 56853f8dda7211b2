"""Checks the measures of `healthnews eval` against `ir_measures` (which asks `trec_eval`), query by query, to four decimals.

    pip install -r tests/eval/requirements.txt
    cargo build && python tests/eval/check.py [--collections ../shared/relevance]

Small collections made up here hold the awkward cases: ties, grades below 0, queries without an answer, without anything
relevant, and answers to queries that nobody judged. With `--collections`, real runs over each collection in the folder
(nfcorpus, cisi, health-news) are checked too, as they are and with scores rounded, so that most documents are tied.

Ties: `trec_eval` orders documents of one score by name, healthnews puts the worst first. So the other side is given the
documents of a tie in the worst order with scores of their own, which this script works out by itself.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import ir_measures

MEASURES = ["nDCG@10", "AP", "RR@10", "P@10", "R@100", "Judged@10"]
SPLITS = {"nfcorpus": "dev"}


def read_qrels(path):
    qrels = {}
    for at, line in enumerate(open(path, encoding="utf-8")):
        columns = line.split()
        if not columns or (at == 0 and not columns[-1].lstrip("-").isdigit()):
            continue
        qrels.setdefault(columns[0], {})[columns[-2]] = int(columns[-1])
    return qrels


def read_run(path):
    run = {}
    for line in open(path, encoding="utf-8"):
        query, _, document, _, score, _ = line.split()
        run.setdefault(query, {})[document] = float(score)
    return run


def write_run(run, path):
    with open(path, "w", encoding="utf-8") as out:
        for query, documents in run.items():
            # Not in the order of scores: nobody must rely on that.
            for document, score in sorted(documents.items()):
                out.write(f"{query} Q0 {document} 0 {score} check\n")


def untied(run, qrels):
    """The run with every document at the worst rank that its score allows, and no ties."""
    clear = {}
    for query, documents in run.items():
        grades = qrels.get(query, {})
        worst = sorted(documents, key=lambda name: (-documents[name], name in grades, grades.get(name, 0)))
        clear[query] = {name: float(-rank) for rank, name in enumerate(worst)}
    return clear


def theirs(run, qrels):
    measures = [ir_measures.parse_measure(name) for name in MEASURES]
    values = {query: dict.fromkeys(MEASURES, 0.0) for query in qrels}
    for found in ir_measures.iter_calc(measures, qrels, untied(run, qrels)):
        if found.query_id in values:
            values[found.query_id][str(found.measure)] = found.value
    mean = {name: sum(row[name] for row in values.values()) / len(values) for name in MEASURES}
    return values, mean


def ours(program, run_path, qrels_path):
    command = [program, "eval", "--run", run_path, "--qrels", qrels_path, "--json"]
    report = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return {row["query"]: row for row in report["per_query"]}, report["mean"]


def check(program, label, run, qrels, qrels_path, folder):
    run_path = folder / "checked.run"
    write_run(run, run_path)
    (our_rows, our_mean), (their_rows, their_mean) = ours(program, run_path, qrels_path), theirs(run, qrels)
    if our_rows.keys() != their_rows.keys():
        sys.exit(f"{label}: other queries: {sorted(our_rows.keys() ^ their_rows.keys())[:5]}")
    compared = 0
    for query, row in [*their_rows.items(), ("mean", their_mean)]:
        for name in MEASURES:
            our = (our_mean if query == "mean" else our_rows[query])[name]
            compared += 1
            if abs(our - row[name]) > 5e-5:
                sys.exit(f"{label}: {name} of {query} is {our}, and {row[name]} there")
    ties = sum(len(documents) - len(set(documents.values())) for documents in run.values())
    means = " ".join(f"{name} {their_mean[name]:.4f}" for name in MEASURES)
    print(f"{label}: {compared} values agree, {ties} ties; {means}")


def made_up(seed):
    draw = random.Random(seed)
    names = [f"d{number}" for number in range(draw.randint(5, 300))]
    qrels, run = {}, {}
    for number in range(draw.randint(1, 12)):
        judged = draw.sample(names, draw.randint(1, len(names)))
        grades = draw.choice([(0, 1), (0, 1, 2, 3), (-1, 0, 2), (0,)])
        qrels[f"q{number}"] = {name: draw.choice(grades) for name in judged}
        if draw.random() < 0.8:
            found = draw.sample(names, draw.randint(1, len(names)))
            steps = draw.choice([1, 3, 1000])
            run[f"q{number}"] = {name: draw.randint(0, steps) / 8 for name in found}
    run["unjudged"] = {"d0": 1.0}
    return run, qrels


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--program", default="target/debug/healthnews")
    options.add_argument("--collections", type=Path)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for seed in range(25):
            run, qrels = made_up(seed)
            qrels_path = folder / "made.qrels"
            with open(qrels_path, "w", encoding="utf-8") as out:
                for query, documents in qrels.items():
                    out.writelines(f"{query} 0 {document} {grade}\n" for document, grade in documents.items())
            check(given.program, f"made up {seed}", run, qrels, qrels_path, folder)
        for collection in sorted(given.collections.iterdir()) if given.collections else []:
            split = SPLITS.get(collection.name, "test")
            qrels_path, run_path = collection / "qrels" / f"{split}.tsv", folder / "real.run"
            command = [given.program, "eval", collection, "--split", split, "--match", "any", "-q", "--run-out", run_path]
            subprocess.run(command, check=True, capture_output=True)
            run, qrels = read_run(run_path), read_qrels(qrels_path)
            check(given.program, collection.name, run, qrels, qrels_path, folder)
            rounded = {query: {name: round(score) for name, score in found.items()} for query, found in run.items()}
            check(given.program, f"{collection.name}, rounded", rounded, qrels, qrels_path, folder)


if __name__ == "__main__":
    main()
