using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using DePinChain.Blocks;
using DePinChain.Client;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>Becoming a validator, changing what it says of itself, and leaving jail.</summary>
internal static class ValidatorEntry
{
    // Between two blocks of twelve seconds and a head that is older than five of them, something is wrong with the node or the clock.
    private const long HeadAgeSecondsMax = 60;

    private static readonly Option<string> Name = new("--name") { Description = "1 to 64 bytes of printable text.", Required = true };

    public static Command Join()
    {
        var stake = new Option<string>("--stake") { Description = "The operator's own stake, in DPN.", Required = true };
        var commission = new Option<string>("--commission")
        {
            Description = "Part of the rewards the operator keeps.",
            DefaultValueFactory = _ => "5%",
        };
        var most = new Option<string>("--max-commission")
        {
            Description = "Highest commission it will ever take.",
            DefaultValueFactory = _ => "20%",
        };
        var step = new Option<string>("--max-daily-change")
        {
            Description = "Most the commission will change in a day.",
            DefaultValueFactory = _ => "1%",
        };
        var least = new Option<string?>("--min-self-bond")
        {
            Description = "Own stake below which it wants to be jailed, in DPN; the network's least when left out.",
        };
        var signing = new Option<string>("--signing-key")
        {
            Description = "Name of the hot key for votes (depin keys new consensus).",
            DefaultValueFactory = _ => "consensus",
        };
        var vrf = new Option<string>("--vrf-key")
        {
            Description = "Name of the hot key of the randomness beacon (depin keys new vrf).",
            DefaultValueFactory = _ => "vrf",
        };
        var home = new Option<string?>("--home")
        {
            Description = "A node's or signer's home: its signer.key holds both hot keys, instead of the two names.",
        };
        var command = new Command("join", "Makes --key the operator of a new validator. Its hot keys prove that they are its own.")
        {
            Name, stake, commission, most, step, least, signing, vrf, home,
        };
        command.Runs(async (session, parse, cancellation) =>
        {
            await RequireHealthyNodeAsync(session, cancellation);
            StakingDesk desk = await StakingDesk.OpenAsync(session, cancellation);
            AbiRecord rules = await desk.RecordAsync("getParams", [], cancellation);
            Amount own = Session.AmountOf(parse.GetValue(stake)!);
            Amount floor = parse.GetValue(least) is { } text ? Session.AmountOf(text) : rules.Amount("minSelfBond");
            ulong chainId = (ulong)await session.Node.QuantityAsync("eth_chainId", cancellation);
            (PrivateKey signingKey, PrivateKey vrfKey) = parse.GetValue(home) is { } folder
                ? HotKeys.Read(folder)
                : (await session.KeyAsync(parse.GetValue(signing)!, cancellation),
                    await session.KeyAsync(parse.GetValue(vrf)!, cancellation));
            using PrivateKey erasedSigning = signingKey, erasedVrf = vrfKey;
            Address owner = session.KeyAddress;
            RequireSeparateKeys(owner, signingKey.Address, vrfKey.Address);
            Hash256 claim = ProofOfPossession.Digest(chainId, owner);
            await desk.SendAsync(
                "createValidator",
                [
                    Hex.Encode(signingKey.PublicKeyCompressed), Hex.Encode(signingKey.Sign(claim).ToArray()),
                    Hex.Encode(vrfKey.PublicKeyCompressed), Hex.Encode(vrfKey.Sign(claim).ToArray()), parse.GetValue(Name)!,
                    Wad(parse.GetValue(commission)!), Wad(parse.GetValue(most)!), Wad(parse.GetValue(step)!),
                    floor.Wei.ToString(CultureInfo.InvariantCulture),
                ],
                own,
                await EffectsAsync(desk, rules, owner, signingKey.Address, own, cancellation),
                cancellation);
        });
        return command;
    }

    public static Command Edit()
    {
        var name = new Option<string?>("--name") { Description = "The new name; as it is when left out." };
        var commission = new Option<string?>("--commission") { Description = "The new commission; as it is when left out." };
        var command = new Command("edit", "Changes the name or the commission of --key's validator.") { name, commission };
        command.Runs(async (session, parse, cancellation) =>
        {
            StakingDesk desk = await StakingDesk.OpenAsync(session, cancellation);
            AbiRecord now = await desk.RecordAsync("getValidator", [session.KeyAddress.ToString()], cancellation);
            string wanted = parse.GetValue(commission) is { } text
                ? Wad(text)
                : now.Number("commissionWad").ToString();
            string called = parse.GetValue(name) ?? now.Text("moniker");
            await desk.SendAsync(
                "editValidator",
                [called, wanted],
                Amount.Zero,
                [("name", called), ("commission", Percent.Show(UInt256.Parse(wanted))), ("before", now.Shown("commissionWad"))],
                cancellation);
        });
        return command;
    }

    public static Command Unjail()
    {
        var command = new Command("unjail", "Lets --key's validator compete for a seat again once its time in jail is over.");
        command.Runs(async (session, _, cancellation) =>
        {
            StakingDesk desk = await StakingDesk.OpenAsync(session, cancellation);
            await desk.SendAsync("unjail", [], Amount.Zero, [("validator", session.KeyAddress.ToString())], cancellation);
        });
        return command;
    }

    private static async Task<IReadOnlyList<(string Name, JsonNode? Value)>> EffectsAsync(
        StakingDesk desk, AbiRecord rules, Address owner, Address signer, Amount own, CancellationToken cancellation)
    {
        AbiRecord epoch = await desk.RecordAsync("epochInfo", [], cancellation);
        ulong delay = (ulong)rules.Number("keyDelayEpochs");
        ulong seatAt = (ulong)epoch.Number("end") + 1 + ((delay - 1) * (ulong)rules.Number("epochBlocks"));
        return
        [
            ("validator", owner.ToString()),
            ("signer", signer.ToString()),
            ("stake", own.ToString()),
            ("activeFromEpoch", ((ulong)epoch.Number("number") + delay).ToString(CultureInfo.InvariantCulture)),
            ("activeFromBlock", seatAt.ToString(CultureInfo.InvariantCulture)),
            ("when", await desk.WhenAsync(seatAt, cancellation)),
            ("unbondingBlocks", rules.Shown("unbondingBlocks")),
        ];
    }

    // A validator that joins from a node that is behind, or alone, is jailed a window later.
    private static async Task RequireHealthyNodeAsync(Session session, CancellationToken cancellation)
    {
        if (await session.Node.CallAsync("eth_syncing", cancellation) is JsonObject progress)
        {
            throw new CliFailure(ExitCode.RefusedForSafety, "NotSynced", "the node still catches up with the chain")
            {
                Needed = progress["highestBlock"]?.ToString(),
                Had = progress["currentBlock"]?.ToString(),
                Hint = "wait until depin node status shows the head, then join",
            };
        }

        ulong chainId = (ulong)await session.Node.QuantityAsync("eth_chainId", cancellation);
        if (DevelopmentKeys.IsDevelopmentChain(chainId)) return; // its clock may be moved
        JsonNode? head = await session.Node.CallAsync("eth_getBlockByNumber", cancellation, "latest", false);
        long age = DateTimeOffset.UtcNow.ToUnixTimeSeconds() - (long)(ulong)JsonQuantity.OrZero(head?["timestamp"]);
        if (Math.Abs(age) <= HeadAgeSecondsMax) return;
        throw new CliFailure(ExitCode.RefusedForSafety, "HeadOutOfTime", $"the node's last block is {age} s old by this machine's clock")
        {
            Needed = $"at most {HeadAgeSecondsMax} s",
            Had = $"{age} s",
            Hint = "set the clock (chronyc tracking), or look why the chain stands: depin node status",
        };
    }

    private static void RequireSeparateKeys(Address owner, Address signing, Address vrf)
    {
        if (owner != signing && owner != vrf && signing != vrf) return;
        throw new CliFailure(ExitCode.RefusedForSafety, "KeysNotSeparate", "operator, signing and VRF key must be three keys")
        {
            Hint = "depin keys new consensus; depin keys new vrf",
        };
    }

    private static string Wad(string rate) => Percent.Parse(rate).ToString(CultureInfo.InvariantCulture);
}
