using System.Globalization;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>Where each number of a subnet's emission comes from, computed again from what the chain published.</summary>
internal static class SubnetExplanation
{
    /// <summary>Wei of the subnets' unit: the epoch counts in 10^-9 DPN.</summary>
    public const ulong Unit = 1_000_000_000;

    private const ulong Whole = 65_535;
    private const int EpochsShown = 10;
    private const ulong SearchBlocks = 5_000;

    /// <summary>The last epochs, and the share of one neuron in the last one.</summary>
    public static async Task ShowAsync(Session session, ModuleGateway subnets, uint net, uint? uid, CancellationToken cancellation)
    {
        ulong head = (ulong)await session.Node.QuantityAsync("eth_blockNumber", cancellation);
        IReadOnlyList<ModuleLog> epochs = await subnets.LogsAsync(
            "EpochRun", head > SearchBlocks ? head - SearchBlocks : 0, head, cancellation, LogTopic.Of(net));
        if (uid is null)
        {
            session.Output.Rows(
                ["epoch", "block", "shared", "owner", "miners", "validators", "recycled", "carried"],
                epochs.TakeLast(EpochsShown).Select(epoch => (IReadOnlyList<JsonNode?>)
                [
                    Text(epoch.Values.Count("epoch")), Text(epoch.Block), SharedIn(epoch).ToString(),
                    epoch.Values.Amount("owner").ToString(),
                    epoch.Values.Amount("server").ToString(), epoch.Values.Amount("validator").ToString(),
                    epoch.Values.Amount("recycled").ToString(), epoch.Values.Amount("carried").ToString(),
                ]));
            return;
        }

        if (epochs.Count == 0)
            throw new CliFailure(ExitCode.RejectedByChain, "NoEpoch", $"subnet {net} has run no epoch in the last {SearchBlocks} blocks");
        IReadOnlyList<AbiRecord> neurons = await SubnetCommands.NeuronsAsync(subnets, net, cancellation);
        if (uid >= neurons.Count) throw CliFailure.Usage($"subnet {net} has uids 0 to {neurons.Count - 1}");
        GovernedParameters rules = await GovernedParameters.LoadAsync(session.Node, cancellation);
        IReadOnlyList<AbiRecord> shares = await SubnetCommands.TuplesAsync(subnets, "shares", net, cancellation);
        if (uid >= shares.Count)
        {
            throw new CliFailure(
                ExitCode.RejectedByChain, "NotInEpoch", $"uid {uid} took its place after the last epoch of subnet {net}");
        }

        Address owner = (await subnets.RecordAsync("subnet", cancellation, (UInt256)net)).Address("ownerHotkey");
        AbiRecord neuron = neurons[(int)uid.Value];
        string split = await SubnetGauge.ExplainAsync(subnets, net, cancellation);
        string rerun = await RerunAsync(subnets, net, epochs[^1].Block, uid.Value, shares[(int)uid.Value], cancellation);
        Explain(session, epochs[^1], neuron, shares, rules.Count("subnets", "ownerCut"), neuron.Address("hotkey") == owner, [split, rerun]);
    }

    /// <summary>Each rule that weights of a hotkey must meet now.</summary>
    public static async Task EligibilityAsync(
        Session session, ModuleGateway subnets, uint net, Address hotkey, CancellationToken cancellation)
    {
        ulong head = (ulong)await session.Node.QuantityAsync("eth_blockNumber", cancellation);
        AbiRecord subnet = await subnets.RecordAsync("subnet", cancellation, (UInt256)net);
        AbiRecord rules = await subnets.RecordAsync("rulesOf", cancellation, (UInt256)net);
        AbiRecord? neuron = (await SubnetCommands.NeuronsAsync(subnets, net, cancellation))
            .FirstOrDefault(one => one.Address("hotkey") == hotkey);
        bool isOwner = subnet.Address("ownerHotkey") == hotkey;
        ulong allowedAt = neuron is null ? 0 : neuron.Count("updatedAt") + rules.Count("weightsRateLimit");
        (string Rule, string Needs, string Has, bool Ok)[] judged =
        [
            ("registered", $"a place in subnet {net}", neuron is null ? "none" : $"uid {neuron.Count("uid")}", neuron is not null),
            ("permit", "a validator permit of the last epoch, or the owner's hotkey",
                isOwner ? "the owner's hotkey" : neuron?.Flag("permit") == true ? "a permit" : "no permit: stake and wait for an epoch",
                isOwner || neuron?.Flag("permit") == true),
            ("rate limit", $"block {allowedAt}", $"block {head}", rules.Flag("commitReveal") || head >= allowedAt),
            ("way", rules.Flag("commitReveal") ? "commit, then reveal in a later epoch" : "set",
                "depin subnet weights set does either", true),
        ];
        session.Output.Rows(["rule", "needs", "has", "ok"], judged.Select(rule => (IReadOnlyList<JsonNode?>)
            [rule.Rule, rule.Needs, rule.Has, rule.Ok ? "yes" : "no"]));
    }

    // owner = floor(E · cut / 65,535); of the rest half, rounded down, is the miners' and the other the validators' (upstream's 18/41/41).
    // Shares are parts of 2^32, as the epoch computed them; each payment is floored.
    private static void Explain(
        Session session, ModuleLog epoch, AbiRecord neuron, IReadOnlyList<AbiRecord> shares, ulong cut, bool isOwner, string[] origins)
    {
        Amount shared = SharedIn(epoch);
        Amount owner = shared.MulDiv(cut, Whole, Rounding.Down);
        UInt128 rest = (shared - owner).Wei, miners = rest / 2, validators = rest - miners;
        AbiRecord own = shares[(int)neuron.Count("uid")];
        ulong incentive = own.Count("incentive"), dividends = own.Count("dividends");
        UInt128 paidMiners = Paid(shares, "incentive", miners), paidValidators = Paid(shares, "dividends", validators);
        session.Output.Facts(
            ("split", origins[0]),
            ("epoch", $"{epoch.Values.Count("epoch")} in block {epoch.Block}"),
            ("shared", $"{shared} = {epoch.Values.Amount("server")} + {epoch.Values.Amount("validator")} + {epoch.Values.Amount("owner")}" +
                $" + {epoch.Values.Amount("recycled")} recycled + {epoch.Values.Amount("carried")} carried"),
            ("ownerCut", $"floor({shared.Wei} · {cut} / {Whole}) = {owner.Wei} wei"),
            ("halves", $"floor({rest} / 2) = {miners} wei to miners, {validators} to validators"),
            ("uid", Text(neuron.Count("uid"))),
            ("hotkey", neuron.Address("hotkey").ToString()),
            ("stake", neuron.Amount("stake").ToString()),
            ("consensus", $"{neuron.Count("consensus")} / {Whole}: the score that a majority of stake backs"),
            ("rerun", origins[1]),
            ("incentive", $"floor({incentive} · {miners} / 2^32) = {Part(incentive, miners)} wei" +
                (isOwner && incentive > 0 ? ", recycled: an owner does not pay itself" : "")),
            ("dividends", $"floor({dividends} · {validators} / 2^32) = {Part(dividends, validators)} wei"),
            ("allMiners", $"{paidMiners} wei; the epoch paid {epoch.Values.Amount("server").Wei}" +
                $" and recycled {epoch.Values.Amount("recycled").Wei}"),
            ("allValidators", $"{paidValidators} wei; the epoch paid {epoch.Values.Amount("validator").Wei}"));
    }

    // The epoch once more, by the module itself on the state of the block before it: what it gives must be what was recorded.
    private static async Task<string> RerunAsync(
        ModuleGateway subnets, uint net, ulong block, uint uid, AbiRecord recorded, CancellationToken cancellation)
    {
        IReadOnlyList<AbiRecord> trial;
        try
        {
            trial = await SubnetCommands.TuplesAsync(subnets.At(block - 1), "tryEpoch", cancellation, (UInt256)net, (UInt256)block);
        }
        catch (NodeRefusedException refused)
        {
            return $"block {block - 1} cannot be asked any more: {refused.Message}";
        }

        AbiRecord own = trial[(int)uid];
        bool isSame = own.Count("incentive") == recorded.Count("incentive") && own.Count("dividends") == recorded.Count("dividends");
        string stake = $"stake {own.Count("stake")} · 10^-9 DPN is {own.Count("share")} of 2^32, {own.Count("activeShare")} of the active";
        string scores = $"consensus {own.Count("consensus")}, trust {own.Count("trust")}";
        string rewards = $"incentive {own.Count("incentive")}, dividends {own.Count("dividends")}";
        return $"on block {block - 1}: {stake}; {scores}, {rewards}: " + (isSame ? "as recorded" : "not what was recorded");
    }

    private static UInt128 Part(ulong share, UInt128 pool) =>
        (UInt128)UInt256.MulDiv(pool, share, UInt128.One << 32, Rounding.Down);

    private static UInt128 Paid(IReadOnlyList<AbiRecord> shares, string name, UInt128 pool)
    {
        UInt128 paid = 0;
        foreach (AbiRecord share in shares) paid += Part(share.Count(name), pool);
        return paid;
    }

    private static Amount SharedIn(ModuleLog epoch)
    {
        Amount shared = Amount.Zero;
        foreach (string part in (string[])["owner", "server", "validator", "recycled", "carried"]) shared += epoch.Values.Amount(part);
        return shared;
    }

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
