using System.Globalization;
using DePinChain.Client;
using DePinChain.Client.Files;
using DePinChain.Primitives;
using DePinChain.Proofs.Pieces;

namespace DePinChain.Cli.Commands;

/// <summary>A provider that would take a file, and for how much.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Owner">Who answers for it.</param>
/// <param name="Endpoint">Where it is reached.</param>
/// <param name="Price">Wei for a block.</param>
internal sealed record StorageBid(ulong Id, Address Owner, string Endpoint, UInt128 Price);

/// <summary>What is wanted of providers.</summary>
/// <param name="PaddedSize">Of the piece.</param>
/// <param name="Bytes">Of what is brought.</param>
/// <param name="Blocks">For how long.</param>
/// <param name="PriceMax">Wei for a GiB and a block at most; null for any.</param>
internal sealed record StorageWish(ulong PaddedSize, ulong Bytes, ulong Blocks, UInt128? PriceMax);

/// <summary>Looks for providers whose standing offer takes a file, who answer, and have room; the cheapest first.</summary>
internal static class StorageQuote
{
    // More than that are a matter for an index.
    private const ulong ProvidersMax = 1_000;
    private const ulong GiB = 1UL << 30;
    private static readonly TimeSpan TermsLimit = TimeSpan.FromSeconds(5);

    /// <returns>Those that would, and why each other one does not.</returns>
    public static async Task<(IReadOnlyList<StorageBid> Bids, IReadOnlyList<string> Others)> AskAsync(
        StorageDesk desk, StorageWish wish, CancellationToken cancellation)
    {
        ulong count = Math.Min(await desk.Market.CountAsync("providerCount", cancellation), ProvidersMax);
        var asked = new List<Task<(StorageBid? Bid, string? Why)>>();
        for (ulong id = 1; id <= count; id++) asked.Add(AskAsync(desk, id, wish, cancellation));
        (StorageBid? Bid, string? Why)[] answers = await Task.WhenAll(asked);
        return (
            [.. answers.Select(static answer => answer.Bid).OfType<StorageBid>()
                .OrderBy(static bid => bid.Price).ThenBy(static bid => bid.Id)],
            [.. answers.Select(static answer => answer.Why).OfType<string>()]);
    }

    /// <summary>The cheapest bids of different owners.</summary>
    /// <exception cref="CliFailure">There are too few.</exception>
    public static IReadOnlyList<StorageBid> Choose(IReadOnlyList<StorageBid> bids, IReadOnlyList<string> others, int copies)
    {
        StorageBid[] chosen = [.. bids.DistinctBy(static bid => bid.Owner).Take(copies)];
        if (chosen.Length == copies) return chosen;
        throw new CliFailure(ExitCode.RejectedByChain, "TooFewProviders",
            $"{chosen.Length} of {copies} providers of different owners would take it" + string.Concat(others.Select(why => $"\n  {why}")))
        {
            Needed = copies.ToString(CultureInfo.InvariantCulture),
            Had = chosen.Length.ToString(CultureInfo.InvariantCulture),
            Hint = "ask for fewer copies, another term (--days), or a higher --max-price; depin storage quote shows who asks what",
        };
    }

    private static async Task<(StorageBid? Bid, string? Why)> AskAsync(
        StorageDesk desk, ulong id, StorageWish wish, CancellationToken cancellation)
    {
        AbiRecord offer = await desk.Market.RecordAsync("getOffer", cancellation, (UInt256)id);
        UInt128 ask = (UInt128)offer.Number("pricePerGiBBlock");
        string? why = offer.Count("sizeMax") == 0 ? "takes no deals now"
            : wish.PaddedSize > offer.Count("sizeMax")
                ? $"takes pieces up to {offer.Count("sizeMax")} bytes, this one has {wish.PaddedSize}"
            : wish.Blocks > offer.Count("blocksMax") ? $"takes deals up to {offer.Count("blocksMax")} blocks"
            : wish.Blocks < offer.Count("blocksMin") ? $"takes deals from {offer.Count("blocksMin")} blocks"
            : wish.PriceMax is { } most && ask > most ? $"asks {ask} wei for a GiB and a block, at most {most} were offered"
            : null;
        if (why is not null) return (null, $"provider {id} {why}");
        AbiRecord record = await desk.Market.RecordAsync("getProvider", cancellation, (UInt256)id);
        if (await desk.Market.ValueAsync("admits", cancellation, (UInt256)id, desk.Key.Address) is false)
        {
            return (null, $"provider {id} asks of its clients what {desk.Key.Address} does not present: "
                + $"depin credentials status {await desk.Market.ValueAsync("clientPolicyOf", cancellation, (UInt256)id)}");
        }

        string endpoint = record.Text("endpoint");
        try
        {
            using var link = new ProviderLink(endpoint, TermsLimit);
            ProviderTerms terms = await link.TermsAsync(cancellation);
            if (terms.ChainId != desk.ChainId || terms.ProviderId != id) return (null,
                $"provider {id} does not answer at {endpoint}: another does");
            if (!terms.TakesDeals || terms.FreeBytes < wish.Bytes) return (null,
                $"provider {id} has no room: {terms.FreeBytes} bytes are free");
        }
        catch (Exception trouble) when (trouble is ProviderUnreachableException or ProviderRefusedException or FormatException)
        {
            return (null, $"provider {id}: {trouble.Message}");
        }

        UInt128 price = (UInt128)UInt256.MulDiv(ask, wish.PaddedSize, GiB, Rounding.Up);
        return (new StorageBid(id, record.Address("owner"), endpoint, price), null);
    }

    /// <summary>A price per GiB and day as wei per GiB and block.</summary>
    public static UInt128 PerBlock(string perGiBDay, ulong dayBlocks) =>
        Session.AmountOf(perGiBDay).MulDiv(1, dayBlocks, Rounding.Down).Wei;

    /// <summary>The piece of a stream of bytes.</summary>
    public static async Task<PieceCid> PieceOfAsync(IAsyncEnumerable<ReadOnlyMemory<byte>> bytes)
    {
        PieceHasher hasher = new();
        await foreach (ReadOnlyMemory<byte> block in bytes) hasher.Append(block.Span);
        return hasher.Finish();
    }
}
