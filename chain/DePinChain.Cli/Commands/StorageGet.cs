using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using DePinChain.Client;
using DePinChain.Client.Files;
using DePinChain.Primitives;
using DePinChain.Proofs.Pieces;

namespace DePinChain.Cli.Commands;

/// <summary>
/// Fetches a file: every chunk is checked against the piece's root as it comes, a cut is gone on with, a provider that fails is followed
/// by the next copy, and a private file is opened only when all of it is right.
/// </summary>
internal sealed class StorageGet(Session session, StorageDesk desk)
{
    private const int Ahead = 8;
    private const int FailuresMax = 3;

    // A cold copy is decoded first: an hour at most.
    private const int UnsealingMax = 1_800;
    private static readonly TimeSpan UnsealingPause = TimeSpan.FromSeconds(2);
    private readonly ProgressLine _progress = new(session.Output.IsForPeople);

    /// <param name="copies">Where it lies, in the order in which they are tried.</param>
    /// <param name="target">The file to make.</param>
    /// <param name="expected">Its SHA-256 when the book of files knows it.</param>
    /// <param name="cancellation">Ends it; what came stays for the next time.</param>
    public async Task RunAsync(IReadOnlyList<StoredCopy> copies, FileInfo target, string? expected, CancellationToken cancellation)
    {
        var reasons = new List<string>();
        var clock = Stopwatch.StartNew();
        foreach (StoredCopy copy in copies)
        {
            if (!PieceCid.TryParse(copy.Cid, out PieceCid piece, out _)) continue;
            string part = target.FullName + "." + copy.Cid[^12..] + ".part";
            try
            {
                AbiRecord provider = await desk.Market.RecordAsync("getProvider", cancellation, (UInt256)copy.Provider);
                using var link = new ProviderLink(provider.Text("endpoint"), TimeSpan.FromSeconds(30));
                await FetchAsync(link, piece, part, cancellation);
            }
            catch (Exception trouble) when (trouble is ProviderUnreachableException or ProviderRefusedException or WrongChunkException
                or FormatException or NodeRefusedException)
            {
                reasons.Add($"copy at provider {copy.Provider}: {trouble.Message}");
                session.Output.Say(reasons[^1] + "; trying the next copy");
                continue;
            }

            string hash = await FinishAsync(part, target, cancellation);
            if (expected is not null && hash != expected)
            {
                throw new CliFailure(ExitCode.RejectedByChain, "OtherFile", $"{target.FullName} is not the file that was stored")
                {
                    Needed = expected,
                    Had = hash,
                };
            }

            session.Output.Facts(
                ("file", target.FullName), ("bytes", new FileInfo(target.FullName).Length.ToString(CultureInfo.InvariantCulture)),
                ("sha256", hash), ("provider", copy.Provider.ToString(CultureInfo.InvariantCulture)), ("cid", copy.Cid),
                ("seconds", Math.Round(clock.Elapsed.TotalSeconds, 2)));
            return;
        }

        throw new CliFailure(ExitCode.Unreachable, "NoCopyReached", "no copy could be fetched\n  " + string.Join("\n  ", reasons))
        {
            Hint = "what came is kept: run the command again when a provider is back",
        };
    }

    private async Task FetchAsync(ProviderLink link, PieceCid piece, string part, CancellationToken cancellation)
    {
        ProviderTerms terms = await link.TermsAsync(cancellation);
        RetrievalPayment? payment = await RetrievalPayment.OpenAsync(session, desk, terms, piece, cancellation);
        await using var file = new FileStream(part, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, 1, FileOptions.Asynchronous);
        ulong count = ChunkLayout.CountOf(piece);
        ulong next = (ulong)file.Length / ChunkLayout.ChunkSize;
        if ((ulong)file.Length == piece.RawSize) next = count;
        file.SetLength((long)Math.Min(next * ChunkLayout.ChunkSize, piece.RawSize));
        file.Position = file.Length;
        var clock = Stopwatch.StartNew();
        ulong first = next;
        var coming = new Queue<Task<byte[]>>();
        ulong asked = next;
        try
        {
            for (; next < count; next++)
            {
                // A paid provider is at most one chunk ahead of its vouchers, so its chunks come one by one.
                for (; asked < count && coming.Count < (payment is null ? Ahead : 1); asked++)
                    coming.Enqueue(ChunkAsync(link, piece, asked, payment?.VoucherFor(asked - first), cancellation));
                byte[] bytes = await coming.Dequeue();
                await file.WriteAsync(bytes, CancellationToken.None);
                ulong done = Math.Min((next + 1) * ChunkLayout.ChunkSize, piece.RawSize);
                double speed = (next + 1 - first) * (double)ChunkLayout.ChunkSize / Math.Max(clock.Elapsed.TotalSeconds, 0.001);
                _progress.Report("fetching", done, piece.RawSize, speed);
            }
        }
        finally
        {
            _progress.End();
            foreach (Task<byte[]> rest in coming) await rest.ContinueWith(static _ => { }, TaskScheduler.Default);
        }

        if (payment is not null) await payment.FinishAsync(link, piece, cancellation);
    }

    private static async Task<byte[]> ChunkAsync(
        ProviderLink link, PieceCid piece, ulong chunk, VoucherNote? voucher, CancellationToken cancellation)
    {
        for (int failures = 1; ; failures++)
        {
            try
            {
                return await link.ChunkAsync(piece, chunk, voucher, cancellation);
            }
            catch (ProviderUnreachableException) when (failures < FailuresMax)
            {
                await Task.Delay(TimeSpan.FromSeconds(failures), cancellation);
            }
            catch (ProviderRefusedException cold) when (cold.Refusal.Error == "Unsealing" && failures < UnsealingMax)
            {
                await Task.Delay(UnsealingPause, cancellation);
            }
        }
    }

    private async Task<string> FinishAsync(string part, FileInfo target, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        string ready = part + ".ready";
        await using (var source = new FileStream(part, FileMode.Open, FileAccess.Read))
        {
            byte[] header = new byte[FileCipher.HeaderSize];
            int read = await source.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, cancellation);
            source.Position = 0;
            using FileCipher? cipher = FileCipher.TryOpen(desk.Key, header.AsSpan(0, read));
            await using var output = new FileStream(ready, FileMode.Create, FileAccess.Write);
            if (cipher is not null) await OpenAsync(source, cipher, output, hash, cancellation);
            else await CopyAsync(source, output, hash, cancellation);
        }

        File.Move(ready, target.FullName, overwrite: true);
        File.Delete(part);
        return Hex.Encode(hash.GetHashAndReset());
    }

    private static async Task OpenAsync(
        FileStream source, FileCipher cipher, FileStream output, IncrementalHash hash, CancellationToken cancellation)
    {
        if ((ulong)source.Length != cipher.SealedSize) throw new WrongFileKeyException(0);
        source.Position = FileCipher.HeaderSize;
        for (ulong segment = 0; segment < cipher.Segments; segment++)
        {
            ulong end = Math.Min(FileCipher.OffsetOf(segment + 1), cipher.SealedSize);
            byte[] bytes = new byte[(int)(end - FileCipher.OffsetOf(segment))];
            await source.ReadExactlyAsync(bytes, cancellation);
            byte[] plain = cipher.Open(segment, bytes);
            hash.AppendData(plain);
            await output.WriteAsync(plain, cancellation);
        }
    }

    private static async Task CopyAsync(FileStream source, FileStream output, IncrementalHash hash, CancellationToken cancellation)
    {
        byte[] buffer = new byte[1 << 20];
        for (int read; (read = await source.ReadAsync(buffer, cancellation)) > 0;)
        {
            hash.AppendData(buffer, 0, read);
            await output.WriteAsync(buffer.AsMemory(0, read), cancellation);
        }
    }
}
