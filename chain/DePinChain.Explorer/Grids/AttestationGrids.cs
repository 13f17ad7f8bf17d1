using DePinChain.Explorer.Chain;
using DePinChain.Primitives;

namespace DePinChain.Explorer.Grids;

/// <summary>Who verifies what is too big for a block, and the jobs that committees judge.</summary>
public static class AttestationGrids
{
    private const string Module = "attestations";

    public static readonly Grid Verifiers = new(
        "verifiers", "Verifiers",
        [
            new("verifier", "Verifier"), new("state", "State"), new("bond", "Bond", true), new("worker", "Worker key"),
            new("until", "Key valid until", true, true), new("served", "Duties done", true), new("missed", "Missed", true),
            new("earned", "To be claimed", true, true),
        ],
        [], ReadVerifiers)
    { Module = Module, Empty = "No verifier has registered yet." };

    public static readonly Grid Jobs = new(
        "jobs", "Jobs",
        [
            new("job", "Job", true), new("state", "State"), new("kind", "Kind"), new("subject", "Subject"),
            new("bytes", "Blob bytes", true, true), new("fee", "Fee", true), new("until", "Phase ends", true, true),
        ],
        [], ReadJobs)
    { Module = Module, Empty = "No job yet. A proof that is too big for a block makes one." };

    private static ulong Offset(GridQuery query) => ulong.TryParse(query.Before, out ulong from) ? from : 0;

    private static async Task<GridPage> ReadVerifiers(Site site, GridQuery query)
    {
        Facts? list = await site.Views.AskAsync(Module, "getVerifiers", (UInt256)Offset(query), (UInt256)(ulong)(query.Limit + 1));
        Address[] all = [.. (list?.Only.Items ?? []).Select(one => one.Account)];
        Address[] page = [.. all.Take(query.Limit)];
        Facts?[] answers = await site.Views.AskAsync([.. page.Select(account => new ViewCall(Module, "getVerifier", account))]);
        var rows = page.Zip(answers, (account, answer) => (Account: account, Verifier: answer?.Only ?? new Facts(null)));
        return new GridPage(
            [
                .. rows.Select(row => (IReadOnlyList<Cell>)
                [
                    Cell.Account(row.Account),
                    row.Verifier["jailedUntil"].Number > 0 ? Cell.Tag("jailed", "bad")
                        : row.Verifier["weight"].Wei > 0 ? Cell.Tag("drawn", "good") : Cell.Tag("idle"),
                    Cell.Wei(row.Verifier["bond"].Wei), Cell.Account(row.Verifier["worker"].Account),
                    Cell.Number(row.Verifier.Of("workerUntil")), Cell.Number(row.Verifier["served"].Number),
                    Cell.Number(row.Verifier["missed"].Number, tone: row.Verifier["missed"].Number > 0 ? "warn" : null),
                    Cell.Wei(row.Verifier["earned"].Wei),
                ]),
            ],
            all.Length > query.Limit ? $"{Offset(query) + (ulong)query.Limit}" : null);
    }

    private static async Task<GridPage> ReadJobs(Site site, GridQuery query)
    {
        var births = await EventObjects.FindAsync(site, query, Module, "JobAnnounced");
        Facts?[] live = await site.Views.AskAsync(
            [.. births.Select(birth => new ViewCall(Module, "getJob", (UInt256)(ulong)birth.Values["job"].Number))]);
        var rows = births.Zip(live, (birth, job) => (birth.EventId, birth.Values, Progress: job?.Only["progress"])).ToList();
        return GridPage.Of(rows, query.Limit, row => $"{row.EventId}", row =>
        {
            long state = row.Progress?["state"].Number ?? 0;
            return
            [
                Cell.Number(row.Values["job"].Number, $"/job/{row.Values.Of("job")}"),
                state == 0 ? Cell.Tag("over") : Cell.Tag(ModuleTexts.WordOf(site.Chain, Module, "JobState", state), "warn"),
                Cell.Text(ModuleTexts.WordOf(site.Chain, Module, "JobKind", row.Values["kind"].Number)),
                Cell.Key(row.Values.Of("subject")), Cell.Number(row.Values.Of("blobBytes")), Cell.Wei(row.Values["fee"].Wei),
                state == 0 ? Cell.Text("–") : Cell.Block(row.Progress!["until"].Number), // a state other than 0 was read out of it
            ];
        });
    }
}
