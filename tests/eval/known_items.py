"""Makes known-item queries from the index: headlines as somebody half remembers them.

    healthnews --index known index ../shared/corpora
    python tests/eval/known_items.py --index known known-items/
    healthnews --index known eval --queries known-items/queries.jsonl --qrels known-items/qrels.tsv

Draws 500 different headlines of six words or more from a fixed seed. Two words are dropped and one, of five letters or more, is
misspelt: two neighbours swapped, a letter left out, doubled or replaced; the first letter stays, as it mostly does. Every
article with that headline is right. Needs nothing but Python.
"""

import argparse
import json
import random
import re
import string
import subprocess
from pathlib import Path

MOST = 100_000
WORD = re.compile(r"[^\W_]+(?:['\u2019.,-][^\W_]+)*")


def misspelt(word, draw):
    at = draw.randrange(1, len(word) - 1)
    how = draw.randrange(4)
    if how == 0 and word[at] != word[at + 1]:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if how == 1:
        return word[:at] + word[at + 1 :]
    if how == 2:
        return word[:at] + word[at] + word[at:]
    other = draw.choice([letter for letter in string.ascii_lowercase if letter != word[at].lower()])
    return word[:at] + other + word[at + 1 :]


def half_remembered(title, draw):
    """The query for a headline; none where it is too short."""
    words = WORD.findall(title)
    if len(words) < 6:
        return None
    for gone in sorted(draw.sample(range(len(words)), 2), reverse=True):
        del words[gone]
    long = [at for at, word in enumerate(words) if len(word) >= 5 and word.isascii() and word.isalpha()]
    if not long:
        return None
    at = draw.choice(long)
    words[at] = misspelt(words[at], draw)
    return " ".join(words)


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("out", type=Path)
    options.add_argument("--index", default="index")
    options.add_argument("--program", default="target/debug/healthnews")
    options.add_argument("--count", type=int, default=500)
    options.add_argument("--seed", type=int, default=500)
    given = options.parse_args()

    command = [given.program, "--index", given.index, "search", "--format", "ndjson", "--sort", "newest", "-n", str(MOST)]
    answer = subprocess.run(command, check=True, capture_output=True).stdout
    articles = {}
    for line in answer.splitlines():
        hit = json.loads(line)
        articles.setdefault(" ".join(hit["title"].split()), []).append(hit["id"])

    draw = random.Random(given.seed)
    titles = sorted(articles)
    draw.shuffle(titles)
    given.out.mkdir(parents=True, exist_ok=True)
    made = 0
    with open(given.out / "queries.jsonl", "w", encoding="utf-8") as queries, open(
        given.out / "qrels.tsv", "w", encoding="utf-8"
    ) as qrels:
        qrels.write("query-id\tcorpus-id\tscore\n")
        for title in titles:
            query = half_remembered(title, draw)
            if query is None:
                continue
            made += 1
            key = f"k{made:03}"
            queries.write(json.dumps({"_id": key, "text": query, "title": title}, ensure_ascii=False) + "\n")
            qrels.writelines(f"{key}\t{document}\t1\n" for document in articles[title])
            if made == given.count:
                break
    print(f"{made} queries from {len(titles)} headlines of {sum(map(len, articles.values()))} articles")


if __name__ == "__main__":
    main()
