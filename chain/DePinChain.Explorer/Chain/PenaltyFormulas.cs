using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using DePinChain.Indexer.Rows;
using DePinChain.Indexer.Store;
using DePinChain.Primitives;
using Microsoft.EntityFrameworkCore;

namespace DePinChain.Explorer.Chain;

/// <summary>What each kind of penalty follows from: asked of the node at the end of the block before.</summary>
/// <remarks>A block punishes before it takes transactions, so the block before has the inputs, less what the same block has taken
/// already.</remarks>
/// <param name="site">Of the page.</param>
/// <param name="eventId">Of the event that reported it.</param>
/// <param name="said">The event's values.</param>
internal sealed class PenaltyFormulas(Site site, long eventId, Facts said)
{
    private const long DuplicateProposal = 2;
    private const int BasisPoints = 10_000;

    private readonly long _before = RowId.BlockOf(eventId) - 1;
    private readonly NodeViews _views = new(site.Chain, RowId.BlockOf(eventId) - 1);

    /// <summary>The events of a module that can be computed again.</summary>
    public static IReadOnlyList<string> NamesOf(string module) => module switch
    {
        "staking" => ["Slashed", "UnbondingSlashed", "RedelegationSlashed"],
        "attestations" => ["VerifierSlashed"],
        "clusters" => ["MemberPunished"],
        "render" => ["NodePunished"],
        _ => [],
    };

    /// <exception cref="Client.NodeRefusedException">The node has dropped the state.</exception>
    public Task<Penalty> ExplainAsync(string module, string name) => (module, name) switch
    {
        ("staking", "Slashed") => StakeAsync(),
        ("staking", "UnbondingSlashed") => UnbondingAsync(),
        ("staking", "RedelegationSlashed") => RedelegationAsync(),
        ("attestations", _) => VerifierAsync(),
        ("clusters", _) => DeviceAsync(),
        _ => RenderNodeAsync(),
    };

    /// <summary>Where the inputs are gone.</summary>
    public Penalty Unknown(string module, string name) =>
        new(eventId, $"{module}.{name}", "What it follows from is in a state that the node has dropped.", [], null, Taken(module, name));

    private UInt128 Taken(string module, string name) => (module, name) switch
    {
        ("staking", _) => said["burned"].Wei,
        ("attestations", _) => said["amount"].Wei,
        _ => said["taken"].Wei,
    };

    // Cosmos SDK, x/slashing and x/evidence: a part of the stake that stood behind the infraction, of at most what is left. Rounded up
    // here.
    private async Task<Penalty> StakeAsync()
    {
        Address validator = said["validator"].Account;
        bool isDouble = said["reason"].Number <= DuplicateProposal;
        BigInteger wad = await FractionAsync(isDouble);
        BigInteger tokens = ((await _views.AskAsync("staking", "getValidator", validator))?.Only["tokens"].Wei ?? 0)
            - await TakenBeforeAsync("staking", "Slashed", "validator", "burned");
        BigInteger stake = tokens;
        var inputs = new List<(string, string)> { ("Its stake before, wei", Text(tokens)) };
        if (isDouble)
        {
            stake = await StakeThenAsync(validator, said["infractionHeight"].Number);
            inputs.Add(("Its stake in the epoch of the infraction, wei", Text(stake)));
        }

        inputs.Add((isDouble ? "Part for signing twice, of 10^18" : "Part for absence, of 10^18", Text(wad)));
        inputs.Add(("Block of the infraction", said.Of("infractionHeight")));
        return new Penalty(eventId, "Why the validator's stake was slashed by this",
            isDouble ? "The smaller of its stake now and then × the part, rounded up." : "Its stake × the part, rounded up.",
            inputs, Recomputation.Slash(BigInteger.Min(tokens, stake), wad), said["burned"].Wei);
    }

    private async Task<Penalty> UnbondingAsync()
    {
        Facts? entries = await _views.AskAsync("staking", "getUnbondings", said["delegator"].Account);
        Facts? entry = entries?.Only.Items.FirstOrDefault(one => one.Of("id") == said.Of("id"));
        BigInteger wad = await OpenFractionAsync(said["validator"].Account);
        BigInteger initial = entry?["initial"].Wei ?? 0, left = entry?["balance"].Wei ?? 0;
        return new Penalty(eventId, "Why stake on its way back was slashed by this",
            "What began to unbond × the part, rounded up, and at most what is left of it. It left after the infraction, so it answers.",
            [("Unbonded, wei", Text(initial)), ("Left of it, wei", Text(left)), ("Part, of 10^18", Text(wad))],
            BigInteger.Min(Recomputation.Slash(initial, wad), left), said["burned"].Wei);
    }

    private async Task<Penalty> RedelegationAsync()
    {
        Address delegator = said["delegator"].Account, target = said["target"].Account;
        Facts?[] answers = await _views.AskAsync(
        [
            new ViewCall("staking", "getRedelegations", delegator), new ViewCall("staking", "getValidator", target),
            new ViewCall("staking", "getDelegation", delegator, target),
        ]);
        BigInteger initial = answers[0]?.Only.Items.FirstOrDefault(one => one.Of("id") == said.Of("id"))?["initial"].Wei ?? 0;
        BigInteger tokens = answers[1]?.Only["tokens"].Wei ?? 0, shares = answers[1]?.Only["shares"].Wei ?? 0;
        BigInteger own = answers[2]?.Only["shares"].Wei ?? 0, wad = await OpenFractionAsync(said["source"].Account);
        BigInteger owed = Recomputation.Slash(initial, wad);
        return new Penalty(eventId, "Why stake that had moved was slashed by this",
            "What moved × the part, rounded up, in shares of the validator it moved to: as many as that is worth, rounded up, and no more "
                + "than there are.",
            [
                ("Moved, wei", Text(initial)), ("Part, of 10^18", Text(wad)), ("Owed, wei", Text(owed)),
                ("Stake of the new validator, wei", Text(tokens)), ("Its shares", Text(shares)), ("Of them the delegator's", Text(own)),
            ],
            Recomputation.InShares(owed, tokens, shares, own), said["burned"].Wei);
    }

    private async Task<Penalty> VerifierAsync()
    {
        Address verifier = said["verifier"].Account;
        string rule = said["reason"].Number switch
        {
            1 => "fraudSlashBps",
            2 => "mismatchSlashBps",
            3 => "auditSlashBps",
            _ => "shardSlashBps",
        };
        Facts? record = (await _views.AskAsync("attestations", "getVerifier", verifier))?.Only;
        BigInteger bps = await site.ParameterAsync("attestations", rule, _before) ?? 0;
        BigInteger bond = (record?["bond"].Wei ?? 0) - await TakenBeforeAsync("attestations", "VerifierSlashed", "verifier", "amount");
        IReadOnlyList<Facts> leaving = record?["leaving"].Items ?? [];
        return new Penalty(eventId, "Why the verifier lost this",
            "Its bond × the part / 10,000, rounded down; with it the same part of what was leaving since its duty began.",
            [
                ("Bond, wei", Text(bond)), ("Part, of 10,000", Text(bps)), ("Parts of the bond leaving", Text(leaving.Count)),
                ("Job", said.Of("job")),
            ],
            leaving.Count == 0 ? bond * bps / BasisPoints : null, said["amount"].Wei);
    }

    private async Task<Penalty> DeviceAsync()
    {
        Facts? record = (await _views.AskAsync("devices", "getDevice", Hash256.Parse(said.Of("device")).ToArray()))?.Only;
        BigInteger stake = record?["stake"].Wei ?? 0, bps = await site.ParameterAsync("clusters", "missBps", _before) ?? 0;
        return new Penalty(eventId, "Why a device lost this",
            "Its owner's stake × the part / 10,000, rounded down: it did not acknowledge in time. Half is the renter's, the rest burns.",
            [("Stake, wei", Text(stake)), ("Part, of 10,000", Text(bps)), ("To the renter, wei", said.Of("toRenter"))],
            stake * bps / BasisPoints, said["taken"].Wei);
    }

    private async Task<Penalty> RenderNodeAsync()
    {
        Facts? record = (await _views.AskAsync("render", "getNode", said["node"].Account))?.Only;
        BigInteger bps = await site.ParameterAsync("render", "fraudBps", _before) ?? 0;
        BigInteger bond = (record?["bond"].Wei ?? 0) - await TakenBeforeAsync("render", "NodePunished", "node", "taken");
        return new Penalty(eventId, "Why the node lost this",
            "Its bond × the part / 10,000, rounded down, for pixels that a committee found wrong.",
            [("Bond, wei", Text(bond)), ("Part, of 10,000", Text(bps)), ("Frame", said.Of("frame"))],
            bond * bps / BasisPoints, said["taken"].Wei);
    }

    private async Task<BigInteger> FractionAsync(bool isDouble) =>
        await site.ParameterAsync("staking", isDouble ? "doubleSignSlashWad" : "downtimeSlashWad", _before) ?? 0;

    // The part of the slash that is being worked off: the validator's last one before this event.
    private async Task<BigInteger> OpenFractionAsync(Address validator)
    {
        await using IndexContext index = site.Store.Read();
        EventRow? slash = await (from link in index.AccountEvents
                                 where link.Account == validator && link.EventId < eventId
                                 join row in index.Events on link.EventId equals row.Id
                                 where row.Module == "staking" && row.Name == "Slashed"
                                 orderby row.Id descending
                                 select row).FirstOrDefaultAsync(site.Cancelled);
        if (slash is null) return 0;
        bool isDouble = new Facts(JsonNode.Parse(slash.Arguments))["reason"].Number <= DuplicateProposal;
        string rule = isDouble ? "doubleSignSlashWad" : "downtimeSlashWad";
        return await site.ParameterAsync("staking", rule, RowId.BlockOf(slash.Id) - 1) ?? 0;
    }

    // An epoch's set is announced in the block before its first.
    private async Task<BigInteger> StakeThenAsync(Address validator, long height)
    {
        await using IndexContext index = site.Store.Read();
        long end = RowId.Of(height, 0);
        string? announced = await index.Events
            .Where(row => row.Module == "staking" && row.Name == "ValidatorSetChanged" && row.Id < end)
            .OrderByDescending(row => row.Id).Select(row => row.Arguments).FirstOrDefaultAsync(site.Cancelled);
        long epoch = announced is null ? 0 : new Facts(JsonNode.Parse(announced))["epoch"].Number;
        Facts? seats = await _views.AskAsync("staking", "getValidatorSet", (UInt256)(ulong)epoch);
        return seats?.Only.Items.FirstOrDefault(seat => seat["operator"].Account == validator)?["stake"].Wei ?? 0;
    }

    // What earlier events of the same block took from the same account.
    private async Task<BigInteger> TakenBeforeAsync(string module, string name, string subject, string amount)
    {
        await using IndexContext index = site.Store.Read();
        long first = RowId.Of(_before + 1, 0);
        List<string> earlier = await index.Events
            .Where(row => row.Id >= first && row.Id < eventId && row.Module == module && row.Name == name)
            .Select(row => row.Arguments).ToListAsync(site.Cancelled);
        return earlier.Select(one => new Facts(JsonNode.Parse(one))).Where(one => one.Of(subject) == said.Of(subject))
            .Aggregate(BigInteger.Zero, (sum, one) => sum + one[amount].Wei);
    }

    private static string Text(BigInteger number) => number.ToString(CultureInfo.InvariantCulture);
}
