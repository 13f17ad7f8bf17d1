using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using DePinChain.Blocks;
using DePinChain.Client;
using DePinChain.LightClient;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>Who broke the rules of voting: from records that nodes kept, from conflicting headers, or from both.</summary>
internal static class ForensicsCommand
{
    private static readonly Argument<FileInfo[]> Files = new("files")
    {
        Description = "Vote records, light blocks and light-client attacks, one in 0x… hex on each line.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<ulong?> At = new("--height") { Description = "Also what nodes hold of this height." };

    private static readonly Option<string[]> From = new("--from") { Description = "Ask this node's RPC, too." };

    private static readonly Option<FileInfo?> Save = new("--save") { Description = "Write what was examined into a file." };

    private static readonly Option<bool> Submit = new("--submit")
    {
        Description = "Hand the proofs of double votes to the node: they are slashed for. Amnesia is recorded and never is.",
    };

    public static Command Build()
    {
        var command = new Command(
            "forensics",
            "Names who voted twice or forgot a lock. Without a height or files it lists the heights that the node has votes of.")
        {
            Files, At, From, Save, Submit,
        };
        command.Runs(async (session, parse, cancellation) =>
        {
            List<VoteRecord> records = [.. parse.GetValue(Files)!.SelectMany(ReadFile)];
            if (parse.GetValue(At) is { } height) records.AddRange(await FetchAsync(session, parse, height, cancellation));
            if (records.Count == 0 && parse.GetValue(At) is null)
            {
                await ListAsync(session, cancellation);
                return;
            }

            if (records.Count == 0)
            {
                throw new CliFailure(
                    ExitCode.RejectedByChain, "NothingKept", $"no node that was asked has votes of height {parse.GetValue(At)}");
            }

            VoteRecord[] merged = [.. Merge(records)];
            if (parse.GetValue(Save) is { } file)
                await File.WriteAllLinesAsync(file.FullName, merged.Select(record => Hex.Encode(record.Encode())), cancellation);
            (VoteRecord Record, ForensicReport Report)[] examined = [.. merged.Select(record => (record, Forensics.Examine(record)))];
            Show(session, examined);
            if (parse.GetValue(Submit)) await SubmitAsync(session, examined, cancellation);
        });
        return command;
    }

    private static async Task ListAsync(Session session, CancellationToken cancellation)
    {
        JsonArray heights = await session.Node.CallAsync("depin_getVoteRecords", cancellation) as JsonArray ?? [];
        session.Output.Rows(["height"], heights.Select(height => (IReadOnlyList<JsonNode?>)[TransactionFlow.Decimal(height)]));
        if (heights.Count == 0) session.Output.Say("no height took more than one round; a height's certificate is read with --height");
    }

    private static IEnumerable<VoteRecord> ReadFile(FileInfo file)
    {
        foreach (string line in File.ReadLines(file.FullName).Select(line => line.Trim()).Where(line => line.Length > 0))
        {
            if (!Hex.TryDecode(line, out byte[] bytes))
                throw CliFailure.LocalState("NoRecord", $"{file.FullName} has a line that is no hex");
            if (VoteRecord.TryDecode(bytes, out VoteRecord? record, out string? why)) yield return record;
            else if (LightClientAttack.TryDecode(bytes, out LightClientAttack? attack, out _))
            {
                yield return RecordOf(attack.First);
                yield return RecordOf(attack.Second);
            }
            else if (LightBlock.TryDecode(bytes, out LightBlock? block, out _)) yield return RecordOf(block);
            else
            {
                throw CliFailure.LocalState(
                    "NoRecord", $"{file.FullName} has a line that is no vote record ({why}), light block or light-client attack");
            }
        }
    }

    // A light block does not say whose chain it is of; the seals do, once the chain is known from a node or another record.
    private static VoteRecord RecordOf(LightBlock block) => new VoteRecord(0, block.Height, block.Validators, []).With(block.Commit);

    private static async Task<List<VoteRecord>> FetchAsync(
        Session session, ParseResult parse, ulong height, CancellationToken cancellation)
    {
        List<VoteRecord> records = [];
        foreach (string url in (string[])[session.Node.Endpoint.ToString(), .. parse.GetValue(From)!])
        {
            if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? endpoint) || endpoint.Scheme is not ("http" or "https"))
                throw CliFailure.Usage($"'{url}' is not an http address", "for example --from http://127.0.0.1:8546");
            using JsonRpcConnection node = new(endpoint, session.Timeout);
            ulong chainId = (ulong)await node.QuantityAsync("eth_chainId", cancellation);
            if (await node.CallAsync("depin_getVoteRecord", cancellation, height) is { } kept
                && Hex.TryDecode(kept.GetValue<string>(), out byte[] bytes) && VoteRecord.TryDecode(bytes, out VoteRecord? record, out _))
                records.Add(record);
            if (await FindCertificateAsync(node, height, cancellation) is { } block)
                records.Add(RecordOf(block) with { ChainId = chainId });
        }

        return records;
    }

    private static async Task<LightBlock?> FindCertificateAsync(JsonRpcConnection node, ulong height, CancellationToken cancellation)
    {
        try
        {
            return await LightBlockReader.FetchAsync(node, height, cancellation);
        }
        catch (FormatException)
        {
            return null; // it has no such block, and what it has beside that counts all the same
        }
    }

    private static IEnumerable<VoteRecord> Merge(List<VoteRecord> records)
    {
        ulong chainId = records.Select(record => record.ChainId).FirstOrDefault(id => id != 0);
        if (chainId == 0)
        {
            throw CliFailure.Usage(
                "these files do not say which chain they are of", "add --height HEIGHT, so that a node of that chain is asked");
        }

        foreach (var group in records.GroupBy(record => (record.Height, record.Validators.Hash)).OrderBy(group => group.Key.Height))
            yield return group.First() with { ChainId = chainId, Votes = [.. group.SelectMany(record => record.Votes)] };
    }

    private static void Show(Session session, (VoteRecord Record, ForensicReport Report)[] examined)
    {
        if (session.Output.Format is OutputFormat.Json or OutputFormat.Ndjson)
        {
            session.Output.Json(new JsonArray([.. examined.Select(one => ToJson(one.Record, one.Report))]));
            return;
        }

        session.Output.Rows(
            ["height", "offence", "validator", "power", "first", "second"],
            examined.SelectMany(one => one.Report.Offences.Select(offence => (IReadOnlyList<JsonNode?>)
            [
                Text(one.Report.Height), offence.Kind.ToString(), one.Report.Validators[offence.Index].Address.ToString(),
                Text(one.Report.Validators[offence.Index].Power), Describe(offence.First), Describe(offence.Second),
            ])));
        foreach ((VoteRecord record, ForensicReport report) in examined) session.Output.Say(Conclusion(record, report));
    }

    private static JsonObject ToJson(VoteRecord record, ForensicReport report) => new JsonObject
    {
        ["height"] = Text(report.Height),
        ["votes"] = record.Votes.Count - report.Strangers,
        ["strangers"] = report.Strangers,
        ["fork"] = report.IsFork,
        ["explained"] = report.IsExplained,
        ["accusedPower"] = report.AccusedPower.ToString(CultureInfo.InvariantCulture),
        ["totalPower"] = report.Validators.TotalPower.ToString(CultureInfo.InvariantCulture),
        ["offences"] = new JsonArray([.. report.Offences.Select(offence => (JsonNode)new JsonObject
        {
            ["offence"] = offence.Kind.ToString(),
            ["validator"] = report.Validators[offence.Index].Address.ToString(),
            ["power"] = Text(report.Validators[offence.Index].Power),
            ["first"] = Describe(offence.First),
            ["second"] = Describe(offence.Second),
        })]),
    };

    private static string Conclusion(VoteRecord record, ForensicReport report)
    {
        string what = $"height {report.Height}: {record.Votes.Count - report.Strangers} votes of {report.Validators.Count} validators";
        if (report.Strangers > 0) what += $" and {report.Strangers} that are nobody's here";
        if (report.Offences.Count == 0) return what + "; nobody broke a rule" + (report.IsFork ? " that these votes show" : "");
        string named = $"; power {report.AccusedPower} of {report.Validators.TotalPower} is named";
        string fork = report.IsFork
            ? report.IsExplained ? ", which explains the fork" : "; the fork needs more than a third: add the records of other nodes"
            : "";
        bool hasLocks = report.Offences.Any(offence => offence.Kind != OffenceKind.Equivocation);
        return what + named + fork
            + (hasLocks ? "; who forgot a lock is cleared by a polka for the second vote's block between its two rounds" : "");
    }

    private static async Task SubmitAsync(
        Session session, (VoteRecord Record, ForensicReport Report)[] examined, CancellationToken cancellation)
    {
        foreach (Offence offence in examined.SelectMany(one => one.Report.Offences).Where(one => one.Kind == OffenceKind.Equivocation))
        {
            byte[] proof = DuplicateVote.Of(offence.First, offence.Second).Encode();
            await session.Node.CallAsync("admin_submitEvidence", cancellation, Hex.Encode(proof));
            session.Output.Say($"handed in: {Describe(offence.First)} and {Describe(offence.Second)}");
        }
    }

    private static string Describe(Vote vote)
    {
        string kind = vote.Kind == VoteKind.Prevote ? "prevote" : "precommit";
        string old = vote.ValidRound >= 0 ? $" (valid round {Text((ulong)vote.ValidRound)})" : "";
        return $"{kind} {(vote.IsNil ? "nil" : vote.BlockHash)} in round {Text(vote.Round)}{old}";
    }

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
