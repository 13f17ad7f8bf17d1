using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using DePinChain.Blocks;
using DePinChain.Client;
using DePinChain.LightClient;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>A header that is believed, and why: the way from the checkpoint, who signed it, and which witnesses have it too.</summary>
internal sealed record HeaderProof(LightBlock Block, LightBlock Checkpoint, int Fetched, IReadOnlyList<string> Witnesses)
{
    public static readonly Option<string> Trusted = new("--trusted")
    {
        Description = "HEIGHT:HASH of a block that you know to be of this chain, from a source that you trust.",
        Required = true,
    };

    public static readonly Option<string[]> Witness = new("--witness")
    {
        Description = "Another node's JSON-RPC address that must have the same header; may be given several times.",
        DefaultValueFactory = _ => [],
    };

    public static readonly Option<string> At = new("--block") { Description = "A height, or latest.", DefaultValueFactory = _ => "latest" };

    public static readonly Option<ulong> TrustingSeconds = new("--trusting-period")
    {
        Description = "Seconds for which a header may vouch for later ones: less than the unbonding period.",
        DefaultValueFactory = _ => TrustRules.DefaultTrustingSeconds,
    };

    public BlockHeader Header => Block.Header;

    /// <summary>Leads from the checkpoint to a height, or fails with the reason.</summary>
    /// <param name="session">Whose node is the first source.</param>
    /// <param name="parse">The options above.</param>
    /// <param name="height">The height to be believed; null for the node's latest.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public static Task<HeaderProof> FindAsync(Session session, ParseResult parse, ulong? height, CancellationToken cancellation) =>
        FindAsync(session, parse, parse.GetValue(Trusted)!, height, cancellation);

    /// <inheritdoc cref="FindAsync(Session, ParseResult, ulong?, CancellationToken)"/>
    /// <param name="session">Whose node is the first source.</param>
    /// <param name="parse">The options above, but for the checkpoint.</param>
    /// <param name="from">The checkpoint, as HEIGHT:HASH.</param>
    /// <param name="height">The height to be believed; null for the node's latest.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public static async Task<HeaderProof> FindAsync(
        Session session, ParseResult parse, string from, ulong? height, CancellationToken cancellation)
    {
        (ulong trustedHeight, Hash256 trustedHash) = ParseCheckpoint(from);
        ulong chainId = (ulong)await session.Node.QuantityAsync("eth_chainId", cancellation);
        TrustRules rules = new(chainId) { TrustingSeconds = parse.GetValue(TrustingSeconds) };
        LightBlock checkpoint = await FetchAsync(session.Node, trustedHeight, cancellation);
        if (checkpoint.Hash != trustedHash)
        {
            throw new CliFailure(
                ExitCode.RejectedByChain, "CheckpointMismatch", $"{session.Node.Endpoint} has another block {trustedHeight}")
            {
                Needed = trustedHash.ToString(),
                Had = checkpoint.Hash.ToString(),
                Hint = "the node follows another chain, or the checkpoint is mistyped",
            };
        }

        if (checkpoint.Fault(chainId) is { } fault) throw Fails("HeaderRefused", $"the checkpoint's header is not proven: {fault}");
        ulong target = height ?? (await FetchAsync(session.Node, null, cancellation)).Height;
        HeaderSearch search = await SearchAsync(session.Node, rules, checkpoint, target, cancellation);
        if (search.Failure is { } failure) throw Fails(NameOf(failure.Outcome), failure.Why ?? "no reason given");
        List<string> witnesses = [];
        foreach (string url in parse.GetValue(Witness)!)
            witnesses.Add(await AskWitnessAsync(session, url, rules, checkpoint, search.Trusted, cancellation));
        return new HeaderProof(search.Trusted, checkpoint, search.Fetched, witnesses);
    }

    public static CliFailure Fails(string name, string message) =>
        new(ExitCode.RejectedByChain, name, message) { Hint = "nothing of what the node answered is shown, because it is not proven" };

    /// <summary>What was proven by whom, for the end of every answer.</summary>
    public (string Name, JsonNode? Value)[] Facts()
    {
        UInt128 power = Block.Commit.PowerOf(Block.Validators);
        int signers = Block.Commit.Seals.Count;
        DateTimeOffset time = DateTimeOffset.FromUnixTimeSeconds((long)Math.Min(Header.Timestamp, int.MaxValue));
        return
        [
            ("height", Text(Header.Number)),
            ("block", Header.Hash.ToString()),
            ("time", time.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)),
            ("stateRoot", Header.StateRoot.ToString()),
            ("signedBy", $"{signers} of {Block.Validators.Count} validators, power {power} of {Block.Validators.TotalPower}"),
            ("trusted", $"{Text(Checkpoint.Height)}:{Checkpoint.Hash}"),
            ("headers", Fetched),
            ("witnesses", Witnesses.Count == 0 ? "none asked" : string.Join("; ", Witnesses)),
        ];
    }

    private static async Task<string> AskWitnessAsync(
        Session session, string url, TrustRules rules, LightBlock checkpoint, LightBlock verified, CancellationToken cancellation)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? endpoint) || endpoint.Scheme is not ("http" or "https"))
            throw CliFailure.Usage($"'{url}' is not an http address", "for example --witness http://127.0.0.1:8546");
        using JsonRpcConnection node = new(endpoint, session.Timeout);
        LightBlock claimed = await FetchAsync(node, verified.Height, cancellation);
        HeaderSearch search = claimed.Hash == verified.Hash
            ? new HeaderSearch(rules, checkpoint, verified.Height)
            : await SearchAsync(node, rules, checkpoint, verified.Height, cancellation);
        switch (WitnessCheck.Judge(verified, search, claimed, out LightClientAttack? attack))
        {
            case WitnessOpinion.Agrees:
                return $"{url} agrees";
            case WitnessOpinion.Baseless:
                throw Fails("WitnessDisagrees", $"{url} has block {claimed.Hash} at height {claimed.Height}, which it cannot prove");
            default:
                string signers = string.Join(", ", attack!.Signers());
                throw new CliFailure(
                    ExitCode.RejectedByChain,
                    "LightClientAttack",
                    $"height {verified.Height} has two certified blocks, {attack.First.Hash} and {attack.Second.Hash}; "
                    + $"both are signed by {signers}")
                {
                    Hint = $"keep this in a file for depin forensics FILE --height {verified.Height}: {Hex.Encode(attack.Encode())}",
                };
        }
    }

    private static async Task<HeaderSearch> SearchAsync(
        JsonRpcConnection node, TrustRules rules, LightBlock checkpoint, ulong target, CancellationToken cancellation)
    {
        HeaderSearch search = new(rules, checkpoint, target);
        while (search.Wanted is { } wanted)
        {
            LightBlock block = await FetchAsync(node, wanted, cancellation);
            search.Offer(block, (ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        }

        return search;
    }

    private static async Task<LightBlock> FetchAsync(JsonRpcConnection node, ulong? height, CancellationToken cancellation)
    {
        try
        {
            return await LightBlockReader.FetchAsync(node, height, cancellation);
        }
        catch (FormatException malformed)
        {
            throw Fails("HeaderMissing", malformed.Message);
        }
    }

    private static (ulong Height, Hash256 Hash) ParseCheckpoint(string text)
    {
        string[] parts = text.Split(':');
        bool isRead = parts.Length == 2
            & ulong.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out ulong height)
            & Hash256.TryParse(parts[^1], out Hash256 hash);
        return isRead && height > 0
            ? (height, hash)
            : throw CliFailure.Usage($"'{text}' is not HEIGHT:HASH", "a height from 1 on and its block's hash, for example 1200:0x4f…; "
                + "depin block show HEIGHT prints the hash on a node that you trust");
    }

    private static string NameOf(LightOutcome outcome) => outcome == LightOutcome.Expired ? "CheckpointTooOld" : "HeaderRefused";

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
