using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Client.Files;
using DePinChain.Primitives;
using DePinChain.Proofs.Pieces;

namespace DePinChain.Cli.Commands;

/// <summary>Stores a file: a deal with each provider, the data, and the wait until it is proven.</summary>
/// <remarks>Run again after it was cut off it goes on where it stood: deals that wait for data are in the book of files.</remarks>
internal sealed class StoragePut(Session session, StorageDesk desk, FileInfo file, bool isPrivate, KeptAs kept)
{
    private const ushort Challenges = 10;
    private const uint AttemptsMax = 5;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ProofLimit = TimeSpan.FromHours(30);

    // Blocks until the data is expected: a deal that starts later is paid later, one that starts too early expires.
    private const ulong StartAhead = 20;
    private const ulong BytesPerBlock = 2UL << 20;

    private readonly ProgressLine _progress = new(session.Output.IsForPeople);

    /// <summary>Makes the deals and brings the data.</summary>
    public async Task RunAsync(int copies, ulong blocks, UInt128? priceMax, bool waitsForProof, CancellationToken cancellation)
    {
        if (!file.Exists) throw CliFailure.LocalState("NoSuchFile", $"there is no file {file.FullName}");
        if (file.Length == 0) throw CliFailure.Usage($"{file.FullName} is empty: there is nothing to store");
        ulong size = isPrivate ? FileCipher.SealedSizeOf((ulong)file.Length) : (ulong)file.Length;
        ulong padded = 32UL << PieceCid.HeightOf(size);
        string hash = await HashAsync(cancellation);
        List<StoredCopy> stored = FileBook.Open().Find(file.Name, desk.ChainId) is { } known
            && known.Sha256 == hash && known.IsPrivate == isPrivate ? await ResumeAsync(known, cancellation) : [];
        if (stored.Count < copies)
        {
            (IReadOnlyList<StorageBid> bids, IReadOnlyList<string> others) =
                await StorageQuote.AskAsync(desk, new StorageWish(padded, size, blocks, priceMax), cancellation);
            SortedSet<Address> holders = [];
            foreach (StoredCopy copy in stored)
                holders.Add((await desk.Market.RecordAsync("getProvider", cancellation, (UInt256)copy.Provider)).Address("owner"));
            IReadOnlyList<StorageBid> chosen =
                StorageQuote.Choose([.. bids.Where(bid => !holders.Contains(bid.Owner))], others, copies - stored.Count);
            Preview(chosen, size, padded, blocks);
            if (session.IsDryRun) return;
            foreach (StorageBid bid in chosen) stored.Add(await StoreAsync(bid, blocks, hash, stored, copies, cancellation));
        }

        if (!session.IsDryRun) await ReportAsync(hash, stored, waitsForProof, cancellation);
    }

    private async Task ReportAsync(
        string hash, IReadOnlyList<StoredCopy> stored, bool waitsForProof, CancellationToken cancellation)
    {
        var facts = new List<(string, JsonNode?)>
        {
            ("file", file.Name), ("bytes", file.Length.ToString(CultureInfo.InvariantCulture)), ("sha256", hash),
            ("private", isPrivate),
            ("copies", new JsonArray([.. stored.Select(copy => (JsonNode)new JsonObject
            {
                ["deal"] = copy.Deal, ["provider"] = copy.Provider, ["cid"] = copy.Cid,
            })])),
        };
        if (waitsForProof) facts.Add(("provenAt", new JsonArray([.. await ProvenAsync(stored, cancellation)])));
        facts.Add(("get", $"depin storage get {file.Name} -f COPY"));
        session.Output.Facts([.. facts]);
    }

    // Of a put that was cut off the deals are there: they count, and those that wait for their data get it. What another put finished is
    // its own affair, and another key's deals are not ours to go on with.
    private async Task<List<StoredCopy>> ResumeAsync(StoredFile known, CancellationToken cancellation)
    {
        bool wasCutOff = known.Copies.Count < known.Wanted;
        var live = new List<StoredCopy>();
        foreach (StoredCopy copy in known.Copies)
        {
            AbiRecord deal = await desk.Market.RecordAsync("getDeal", cancellation, (UInt256)copy.Deal);
            string state = StorageWords.StateOf(deal.Count("state"));
            if (deal.Address("client") != desk.Key.Address || deal.Count("class") != (ulong)kept) continue;
            if (state is not ("proposed" or "published" or "active") || !PieceCid.TryParse(copy.Cid, out PieceCid piece, out _)) continue;
            live.Add(copy);
            if (state == "active") continue;
            wasCutOff = true;
            if (session.IsDryRun) continue;
            AbiRecord provider = await desk.Market.RecordAsync("getProvider", cancellation, (UInt256)copy.Provider);
            using FileCipher? cipher = copy.Header is { } header ? FileCipher.TryOpen(desk.Key, Hex.Decode(header)) : null;
            session.Output.Say($"deal {copy.Deal} waits for its data: going on with it");
            var bid = new StorageBid(copy.Provider, provider.Address("owner"), provider.Text("endpoint"), UInt128.Zero);
            await UploadAsync(bid, copy.Deal, piece, cipher, cancellation);
        }

        return wasCutOff ? live : [];
    }

    private void Preview(IReadOnlyList<StorageBid> chosen, ulong size, ulong padded, ulong blocks)
    {
        UInt128 sum = UInt128.Zero;
        foreach (StorageBid bid in chosen) sum += bid.Price * blocks;
        (string, JsonNode?)[] effects =
        [
            ("file", file.FullName),
            ("bytes", $"{size} to each provider, {padded} padded"),
            ("private", isPrivate ? "yes: providers see ciphertext, --key opens it" : "no: anybody who knows the CID can read it"),
            ("kept", kept switch
            {
                KeptAs.Sealed => "as a sealed replica: fetching it means decoding that",
                KeptAs.Both => "as it is, ready to be fetched, and as a sealed replica besides",
                _ => "as it is, ready to be fetched",
            }),
            ("term", $"{blocks} blocks, {(double)blocks / desk.DayBlocks:0.##} days"),
            ("price", $"at most {new Amount(sum)} in all, paid for proven blocks only"),
            ("providers", string.Join(", ", chosen.Select(bid => $"{bid.Id} at {bid.Endpoint} for {new Amount(bid.Price * blocks)}"))),
        ];
        if (session.IsDryRun) session.Output.Facts([.. effects, ("sent", "no (--dry-run)")]);
        else Confirmation.Ask(session, "store", effects);
    }

    private async Task<StoredCopy> StoreAsync(
        StorageBid bid, ulong blocks, string hash, IReadOnlyList<StoredCopy> before, int wanted, CancellationToken cancellation)
    {
        using FileCipher? cipher = isPrivate ? FileCipher.ForNew(desk.Key, (ulong)file.Length) : null;
        PieceCid piece;
        await using (var stream = new SealedFileStream(file.FullName, cipher))
        {
            IAsyncEnumerable<ReadOnlyMemory<byte>> bytes = stream.ReadAsync(0, cancellation);
            piece = await StorageQuote.PieceOfAsync(_progress.Watch("hashing", bytes, stream.Size, 0, cancellation));
        }

        ulong deal = await AgreeAsync(bid, piece, blocks, cancellation);
        var copy = new StoredCopy(deal, bid.Id, piece.ToString(), cipher is null ? null : Hex.Encode(cipher.Header));
        FileBook.Open().Save(
            new StoredFile(file.Name, desk.ChainId, (ulong)file.Length, hash, isPrivate, [.. before, copy], wanted));
        await UploadAsync(bid, deal, piece, cipher, cancellation);
        return copy;
    }

    private async Task<ulong> AgreeAsync(StorageBid bid, PieceCid piece, ulong blocks, CancellationToken cancellation)
    {
        Address client = desk.Key.Address;
        ulong head = await desk.HeadAsync(cancellation);
        ulong ahead = Math.Min(StartAhead + (piece.RawSize / BytesPerBlock), desk.Parameters.Count("storageMarket", "startAheadMax") - 1);
        ulong start = head + ahead;
        UInt128 locked = bid.Price * Math.Min(blocks, desk.Parameters.Count("storageMarket", "lockBlocks"));
        if (bid.Price == UInt128.Zero) locked = desk.Parameters.Amount("storageMarket", "dustBurn").Wei;
        Amount value = await desk.MissingInEscrowAsync(client, locked, cancellation);
        Amount collateral = await desk.Market.AmountAsync(
            "quoteCollateral", cancellation, (UInt256)piece.PaddedSize, (UInt256)bid.Price, (UInt256)blocks);
        object?[] proposal =
        [
            piece.Encode(), client, (UInt256)bid.Id, (UInt256)(ulong)kept, (UInt256)start,
            (UInt256)(start + blocks), (UInt256)bid.Price,
            collateral.ToUInt256(), UInt256.Zero, (UInt256)Challenges, UInt256.Zero, Address.Zero, new byte[Hash256.Size], UInt256.Zero,
        ];
        ulong block = await desk.SendAsync(desk.Market.Plan("proposeDeal", value, [proposal]), cancellation);
        foreach (string name in (string[])["DealPublished", "DealProposed"])
        {
            IReadOnlyList<ModuleLog> logs = await desk.Market.LogsAsync(
                name, block, block, cancellation, null, LogTopic.Of(client), LogTopic.Of(bid.Id));
            if (logs.Count == 0) continue;
            ulong deal = logs[^1].Values.Count("id");
            session.Output.Say($"deal {deal} with provider {bid.Id}{(name == "DealProposed" ? ", waits to be accepted" : "")}");
            return deal;
        }

        throw new CliFailure(ExitCode.RejectedByChain, "NoDeal", $"block {block} has no deal of {client}");
    }

    // Whatever cuts it off, the next attempt begins where the provider's disk ends.
    private async Task UploadAsync(StorageBid bid, ulong deal, PieceCid piece, FileCipher? cipher, CancellationToken cancellation)
    {
        using var link = new ProviderLink(bid.Endpoint, TimeSpan.FromHours(12));
        Hash256 digest = StorageSigning.UploadDigest(desk.ChainId, bid.Id, deal, piece);
        string signature = Hex.Encode(desk.Key.Sign(digest).ToArray());
        for (uint attempt = 1; ; attempt++)
        {
            try
            {
                UploadState state = await link.UploadStateAsync(piece, cancellation);
                if (state.Complete) return;
                await using var stream = new SealedFileStream(file.FullName, cipher);
                IAsyncEnumerable<ReadOnlyMemory<byte>> bytes = _progress.Watch(
                    $"to provider {bid.Id}", stream.ReadAsync(state.Received, cancellation), stream.Size, state.Received, cancellation);
                state = await link.UploadAsync(piece, state.Received, bytes, deal, signature, cancellation);
                if (state.Complete) return;
            }
            catch (ProviderUnreachableException) when (attempt < AttemptsMax)
            {
                await Task.Delay(TimeSpan.FromSeconds(attempt), cancellation);
            }
            catch (ProviderRefusedException refused) when (attempt < AttemptsMax
                && refused.Refusal.Error is "DealNotAgreed" or "WrongOffset")
            {
                await Task.Delay(TimeSpan.FromSeconds(attempt), cancellation);
            }
        }
    }

    private async Task<string> HashAsync(CancellationToken cancellation)
    {
        await using FileStream stream = file.OpenRead();
        return Hex.Encode(await SHA256.HashDataAsync(stream, cancellation));
    }

    // The first proof after the piece is in a set shows that the provider has it.
    private async Task<IReadOnlyList<JsonNode>> ProvenAsync(IReadOnlyList<StoredCopy> copies, CancellationToken cancellation)
    {
        var proven = new List<JsonNode>();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(ProofLimit);
        foreach (StoredCopy copy in copies)
        {
            ulong set, from;
            for (; ; await Task.Delay(Poll, limit.Token))
            {
                AbiRecord deal = await desk.Market.RecordAsync("getDeal", limit.Token, (UInt256)copy.Deal);
                ulong state = deal.Count("state");
                if (state > ActiveState) throw Ended(copy.Deal, state);
                (set, from) = (deal.Count("container"), await ActivatedAsync(copy.Deal, limit.Token));
                if (set != 0 && from != 0) break;
                _progress.Say($"deal {copy.Deal}: the provider puts it into a {(kept == KeptAs.Hot ? "set" : "sealed sector")}");
            }

            if (kept == KeptAs.Sealed)
            {
                // A sealed deal is active once the chain has accepted the proof of its replica.
                proven.Add((JsonNode)from);
                continue;
            }

            for (; ; await Task.Delay(Poll, limit.Token))
            {
                ulong head = await desk.HeadAsync(limit.Token);
                IReadOnlyList<ModuleLog> logs =
                    await desk.Sets.LogsAsync("PossessionProven", from, head, limit.Token, LogTopic.Of(set));
                if (logs.Count > 0)
                {
                    proven.Add((JsonNode)logs[0].Block);
                    break;
                }

                _progress.Say($"deal {copy.Deal}: waiting for the first proof, block {head}");
            }
        }

        _progress.End();
        return proven;
    }

    private const ulong ActiveState = 3;

    private async Task<ulong> ActivatedAsync(ulong deal, CancellationToken cancellation)
    {
        ulong head = await desk.HeadAsync(cancellation);
        ulong from = head > SearchBlocks ? head - SearchBlocks : 0;
        IReadOnlyList<ModuleLog> logs =
            await desk.Market.LogsAsync("DealActivated", from, head, cancellation, LogTopic.Of(deal));
        return logs.Count > 0 ? logs[0].Block : 0;
    }

    private const ulong SearchBlocks = 9_000;

    private static CliFailure Ended(ulong deal, ulong state) => new(ExitCode.RejectedByChain, "DealEnded",
        $"deal {deal} has ended before it was proven: {StorageWords.StateOf(state)}")
    {
        Hint = "store the file with another provider",
    };
}

/// <summary>What proofs a deal asks for; numbers as the chain's classes.</summary>
internal enum KeptAs : byte
{
    Hot = 0,
    Sealed = 1,
    Both = 2,
}
