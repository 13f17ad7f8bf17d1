using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Node;

namespace DePinChain.Simulation;

/// <summary>The networks that are simulated and their keys, worked out once in a process.</summary>
internal static class Keys
{
    public const ulong ChainId = 1337000;

    private static readonly ConcurrentDictionary<(char Kind, int Index), byte[]> Secrets = new();
    private static readonly ConcurrentDictionary<int, GenesisDocument> Documents = new();
    private static readonly ConcurrentDictionary<int, QuickSeals> SealsOf = new();

    public static PrivateKey Signing(int index) => Of('s', index, LocalnetKeys.Signing);

    public static PrivateKey Vrf(int index) => Of('v', index, LocalnetKeys.Vrf);

    public static PrivateKey Operator(int index) => Of('o', index, LocalnetKeys.Operator);

    public static PrivateKey User(int index) => Of('u', index, LocalnetKeys.User);

    /// <summary>Makes a signing key's seals.</summary>
    public static QuickSeals Seals(int index) => SealsOf.GetOrAdd(index, static signer =>
    {
        using PrivateKey key = Signing(signer);
        return new QuickSeals(key);
    });

    /// <summary>The localnet's rules with short epochs, so that a run crosses many of them.</summary>
    /// <param name="validators">Who validates from the beginning.</param>
    public static GenesisDocument Genesis(int validators) => Documents.GetOrAdd(validators, static count =>
    {
        ulong began = (ulong)(VirtualTime.BeginMs / 1000);

        // One more than validate, so that an account stands ready for one that joins later.
        GenesisDocument document = LocalnetGenesis.Create(LocalnetGenesis.Rules(), ChainId, count + 1, began);
        JsonNode staking = JsonNode.Parse(document.FindModule("staking")?.GetRawText() ?? "{}")!; // a literal or an object
        staking["epochBlocks"] = 8;

        // Whoever is down for long must not be jailed: the honest would become fewer than two thirds by the simulator's own doing.
        staking["livenessWindow"] = 10_000;
        staking["missedProposalsMin"] = 100_000;
        return document.WithModule("staking", JsonSerializer.SerializeToElement(staking)) with
        {
            Validators = [.. document.Validators.Take(count)],
        };
    });

    private static PrivateKey Of(char kind, int index, Func<int, PrivateKey> derive)
    {
        byte[] secret = Secrets.GetOrAdd((kind, index), _ =>
        {
            using PrivateKey key = derive(index);
            return key.ToArray();
        });
        return PrivateKey.FromBytes(secret);
    }
}
