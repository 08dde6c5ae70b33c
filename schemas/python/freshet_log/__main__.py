"""Command line: follow a model's log, score with it, or check a version in files."""

import argparse
import csv
import json
import sys
import time
from datetime import datetime, timezone

from freshet_log.chain import name_of, version_of
from freshet_log.exported import load
from freshet_log.features import Instance
from freshet_log.follower import Follower, NotVerified
from freshet_log.kafka import KafkaLog
from freshet_log.lookup import Lookup
from freshet_log.scoring import scores
from freshet_log.state import Refused

_STEP_SECONDS = 0.5
# A watermark from here on is the end of a bounded source and no time.
_END_OF_SOURCE = (1 << 63) - 2


class Wrong(Exception):
    """What was asked cannot be done."""


def parser():
    commands = argparse.ArgumentParser(prog="freshet_log", description=__doc__)
    choices = commands.add_subparsers(dest="command", required=True)
    follow = choices.add_parser("follow", help="print each version, verified or not")
    score = choices.add_parser("score", help="score with the newest version that is proven")
    for command in (follow, score):
        command.add_argument("model", metavar="MODEL")
        command.add_argument("--brokers", required=True, metavar="HOST:PORT[,HOST:PORT]")
        command.add_argument("--prefix", default="", help="of the topics' names")
        command.add_argument(
            "--isolation", choices=("speculative", "committed"), default="speculative"
        )
        command.add_argument(
            "--kafka", action="append", default=[], metavar="NAME=VALUE", help="client property"
        )
    follow.add_argument("--json", action="store_true", help="JSON lines")
    follow.add_argument("--versions", type=int, metavar="N", help="end after N shown versions")
    follow.add_argument("--once", action="store_true", help="end at the log's present end")
    follow.add_argument(
        "--scrub", type=float, default=60.0, metavar="SECONDS", help="check all memory so often"
    )
    what = score.add_mutually_exclusive_group(required=True)
    what.add_argument("--pairs", metavar="FILE", help="CSV with the columns userId,itemId")
    what.add_argument("--examples", metavar="FILE", help="JSON lines, one instance each; see README")
    score.add_argument(
        "--time", type=int, metavar="MS", help="event time of --pairs (default: the version's)"
    )
    check = choices.add_parser("check", help="prove a version that freshet export wrote; score with it")
    check.add_argument("directory", metavar="DIR")
    check.add_argument("--examples", metavar="FILE", help="JSON lines, one instance each; see README")
    score.add_argument("--wait", type=float, default=30.0, metavar="SECONDS", help="for a version")
    return commands


def kafka_of(options):
    kafka = {"bootstrap.servers": options.brokers}
    for one in options.kafka:
        name, equals, value = one.partition("=")
        if not equals:
            raise Wrong("--kafka must be NAME=VALUE, got " + one)
        kafka[name] = value
    return kafka


def line(event, model, as_json):
    """What `follow` prints of an event."""
    if isinstance(event, NotVerified):
        name = None if event.version is None else name_of(event.version)
        if as_json:
            return json.dumps(
                {"model": model, "version": name, "verified": False, "reason": event.reason}
            )
        return "%s %s NOT VERIFIED: %s" % (model, name or "", event.reason)
    manifest = event.manifest
    if as_json:
        return json.dumps(
            {
                "model": model,
                "version": name_of(version_of(manifest)),
                "verified": True,
                "shown": event.shown,
                "by": event.by,
                "rows": event.rows,
                "bytes": manifest["payloadBytes"],
                "stateHash": manifest["stateHash"],
                "step": manifest["step"],
                "eventTime": manifest["eventTime"],
                "publishedAt": manifest["publishedAt"],
            }
        )
    return "%s %-8s %-7s %9d rows %11d bytes  verified %s  step %d  learnt to %s%s" % (
        model,
        name_of(version_of(manifest)),
        event.by,
        event.rows,
        manifest["payloadBytes"],
        manifest["stateHash"][:12],
        manifest["step"],
        learnt_to(manifest["eventTime"]),
        "" if event.shown else "  (catching up)",
    )


def learnt_to(event_time):
    if event_time >= _END_OF_SOURCE:
        return "the source's end"
    return datetime.fromtimestamp(event_time / 1000, timezone.utc).isoformat()


def follow(options):
    """0, or 1 where something was not verified."""
    left, verified = options.versions, True
    with KafkaLog(kafka_of(options), options.model, options.prefix) as log:
        follower = Follower(log, options.model, options.isolation == "committed")
        scrubbed = time.monotonic()
        while left is None or left > 0:
            if time.monotonic() - scrubbed > options.scrub:
                follower.scrub()
                scrubbed = time.monotonic()
            for event in follower.step(_STEP_SECONDS):
                print(line(event, options.model, options.json), flush=True)
                if isinstance(event, NotVerified):
                    verified = False
                elif event.shown and left is not None:
                    left -= 1
            if options.once and follower.caught_up():
                break
    return 0 if verified else 1


def newest(follower, seconds):
    """The newest version that is proven once the log was read to its present end."""
    end = time.monotonic() + seconds
    refused = ""
    while time.monotonic() < end:
        for event in follower.step(_STEP_SECONDS):
            if isinstance(event, NotVerified):
                refused = event.reason
        if follower.shown is not None and follower.caught_up():
            return follower.shown
    raise Wrong("a version must come within %g s, none did %s" % (seconds, refused))


def score(options):
    kafka = kafka_of(options)
    with KafkaLog(kafka, options.model, options.prefix) as log:
        follower = Follower(log, options.model, options.isolation == "committed")
        proven = newest(follower, options.wait)
    manifest = proven.manifest
    print(
        "%s version %s, learnt to %s, state hash %s verified"
        % (
            options.model,
            name_of(proven.version),
            learnt_to(manifest["eventTime"]),
            manifest["stateHash"],
        ),
        file=sys.stderr,
    )
    if options.examples is not None:
        score_examples(options.examples, proven)
    else:
        score_pairs(options, proven, Lookup(kafka, options.prefix))
    return 0


def check(options):
    proven = load(options.directory)
    print(
        "version %s, state hash %s verified" % (name_of(proven.version), proven.state.hash()),
        file=sys.stderr,
    )
    if options.examples is not None:
        score_examples(options.examples, proven)
    return 0


def score_examples(file, proven):
    with open(file, encoding="utf-8") as lines:
        instances = [Instance.of(json.loads(one)) for one in lines if one.strip()]
    for one in scores(proven, instances):
        print(json.dumps({"logit": one.logit, "score": one.probability}))


def score_pairs(options, proven, lookup):
    event_time = options.time
    if event_time is None:
        event_time = proven.manifest["eventTime"]
        if event_time >= _END_OF_SOURCE:
            raise Wrong("--time must be given: the version has learnt to the source's end")
    with open(options.pairs, encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    if not rows or not {"userId", "itemId"} <= rows[0].keys():
        raise Wrong("--pairs must hold rows with the columns userId and itemId")
    instances = [
        Instance(
            item_id=row["itemId"],
            item=lookup.item(row["itemId"]),
            user_id=row["userId"] or None,
            event_time=event_time,
            histories=lookup.histories(row["userId"]),
        )
        for row in rows
    ]
    out = csv.writer(sys.stdout, lineterminator="\r\n")
    out.writerow([*rows[0], "score"])
    for row, one in zip(rows, scores(proven, instances)):
        out.writerow([*row.values(), repr(one.probability)])


def main():
    options = parser().parse_args()
    try:
        return {"follow": follow, "score": score, "check": check}[options.command](options)
    except (Wrong, Refused, OSError, ValueError, KeyError) as wrong:
        print("freshet_log: %s" % wrong, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
