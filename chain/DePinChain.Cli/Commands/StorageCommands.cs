using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Client.Files;
using DePinChain.Primitives;
using DePinChain.Proofs.Pieces;

namespace DePinChain.Cli.Commands;

/// <summary>What a client of the storage market does with files.</summary>
internal static class StorageCommands
{
    private static readonly Argument<FileInfo> File = new("file") { Description = "A file of at least one byte." };
    private static readonly Argument<string> Name = new("name") { Description = "A file's name of 'depin storage ls', or a piece CID." };
    private static readonly Argument<ulong> Deal = new("deal") { Description = "The deal's number." };
    private static readonly Option<double> Days = new("--days")
    {
        Description = "How long; a day is 7,200 blocks on mainnet and 60 on a localnet.",
        DefaultValueFactory = _ => 180,
    };

    private static readonly Option<int> Copies = new("--copies")
    {
        Description = "With how many providers of different owners.",
        DefaultValueFactory = _ => 2,
    };

    private static readonly Option<string?> PriceMax = new("--max-price") { Description = "DPN for a GiB and a day at most." };

    public static Command Build() => new("storage", "Store files with providers who prove that they keep them; fetch them back.")
    {
        Put(), Get(), Ls(), Quote(), Status(), Settle(), Renew(), Cancel(), Verify(), Cid(),
    };

    private static Command Put()
    {
        var isPublic = new Option<bool>("--public")
        {
            Description = "Store it as it is: whoever knows the CID can read it. Without it the file is encrypted here, with --key.",
        };
        var isSealed = new Option<bool>("--sealed")
        {
            Description = "Cold: kept as a sealed replica of its own, proven every day. Fetching it takes as long as decoding that.",
        };
        var isBoth = new Option<bool>("--both")
        {
            Description = "Ready to be fetched and sealed besides: only blocks in which both are proven are paid.",
        };
        var command = new Command("put", "Stores a file and waits for its first proof (--no-wait: until the providers have it).")
        {
            File, Copies, Days, PriceMax, isPublic, isSealed, isBoth,
        };
        command.Runs(async (session, parse, cancellation) =>
        {
            using StorageDesk desk = await StorageDesk.OpenAsync(session, cancellation);
            KeptAs kept = parse.GetValue(isBoth) ? KeptAs.Both : parse.GetValue(isSealed) ? KeptAs.Sealed : KeptAs.Hot;
            var put = new StoragePut(session, desk, parse.GetValue(File)!, !parse.GetValue(isPublic), kept);
            await put.RunAsync(CopiesOf(parse), BlocksOf(desk, parse), PriceOf(desk, parse), session.Waits, cancellation);
        });
        return command;
    }

    private static Command Get()
    {
        var output = new Option<FileInfo?>("--file", "-f") { Description = "Where to; the file's own name here when left out." };
        var command = new Command("get", "Fetches a file from whichever provider serves it, checked chunk by chunk.") { Name, output };
        command.Runs(async (session, parse, cancellation) =>
        {
            using StorageDesk desk = await StorageDesk.OpenAsync(session, cancellation);
            string name = parse.GetValue(Name)!;
            StoredFile? known = FileBook.Open().Find(name, desk.ChainId);
            FileInfo target = parse.GetValue(output) ?? new FileInfo(Path.GetFileName(known?.Name ?? name));
            if (target.Exists && !session.IsYes)
                throw CliFailure.LocalState("FileExists", $"{target.FullName} exists",
                    "name another with --file, or add --yes to replace it");
            IReadOnlyList<StoredCopy> copies = known?.Copies ?? await FindCopiesAsync(desk, name, cancellation);
            await new StorageGet(session, desk).RunAsync(copies, target, known?.Sha256, cancellation);
        });
        return command;
    }

    private static Command Ls()
    {
        var command = new Command("ls", "The files that were stored from here, with their copies.");
        command.Runs(async (session, _, cancellation) =>
        {
            using StorageDesk desk = await StorageDesk.OpenAsync(session, cancellation);
            var rows = new List<IReadOnlyList<JsonNode?>>();
            foreach (StoredFile file in FileBook.Open().Files.Where(file => file.ChainId == desk.ChainId))
            {
                foreach (StoredCopy copy in file.Copies)
                {
                    AbiRecord deal = await desk.Market.RecordAsync("getDeal", cancellation, (UInt256)copy.Deal);
                    rows.Add([file.Name, Text(file.Bytes), file.IsPrivate ? "private" : "public", Text(copy.Deal), Text(copy.Provider),
                        StorageWords.StateOf(deal.Count("state")), copy.Cid]);
                }
            }

            session.Output.Rows(["name", "bytes", "kind", "deal", "provider", "state", "cid"], rows);
        });
        return command;
    }

    private static Command Quote()
    {
        var command = new Command("quote", "Which providers would take a file, and for how much.") { File, Days, PriceMax };
        command.Runs(async (session, parse, cancellation) =>
        {
            FileInfo file = parse.GetValue(File)!;
            if (!file.Exists) throw CliFailure.LocalState("NoSuchFile", $"there is no file {file.FullName}");
            using StorageDesk desk = await StorageDesk.OpenAsync(session, cancellation);
            ulong blocks = BlocksOf(desk, parse), size = FileCipher.SealedSizeOf((ulong)file.Length);
            var wish = new StorageWish(32UL << PieceCid.HeightOf(size), size, blocks, PriceOf(desk, parse));
            (IReadOnlyList<StorageBid> bids, IReadOnlyList<string> others) = await StorageQuote.AskAsync(desk, wish, cancellation);
            session.Output.Rows(["provider", "endpoint", "perBlock", "wholeTerm"], bids.Select(bid => (IReadOnlyList<JsonNode?>)
            [
                Text(bid.Id), bid.Endpoint, new Amount(bid.Price).ToString(), new Amount(bid.Price * blocks).ToString(),
            ]));
            foreach (string why in others) session.Output.Say(why);
        });
        return command;
    }

    private static Command Status()
    {
        var command = new Command("status", "A deal: how it stands, what it has paid, when its next proof is due.") { Deal };
        command.Runs(async (session, parse, cancellation) =>
        {
            using StorageDesk desk = await StorageDesk.OpenAsync(session, cancellation);
            await StorageStatus.ShowAsync(session, desk, parse.GetValue(Deal), cancellation);
        });
        return command;
    }

    private static Command Settle()
    {
        var command = new Command("settle",
            "Judges a deal's missed periods and pays what was proven; a set that failed is slashed, most of it to the client.") { Deal };
        command.Runs(async (session, parse, cancellation) =>
        {
            using StorageDesk desk = await StorageDesk.OpenAsync(session, cancellation);
            ulong id = parse.GetValue(Deal);
            (ulong set, ulong replica) = await desk.ContainersOfAsync(id, cancellation);
            if (set != 0) await desk.SendAsync(desk.Sets.Plan("closePeriods", Amount.Zero, (UInt256)set), cancellation);
            if (replica != 0)
            {
                AbiRecord sector = await desk.Sectors.RecordAsync("sectorOf", cancellation, (UInt256)replica);
                await desk.SendAsync(
                    desk.Sectors.Plan("closeSectorPeriods", Amount.Zero, sector["provider"], sector["sector"]), cancellation);
            }

            object?[] ids = [(UInt256)id];
            await TransactionFlow.SendAsync(
                session, desk.Market.Plan("settleDeals", Amount.Zero, [ids]), $"settle deal {id}", cancellation);
        });
        return command;
    }

    private static Command Renew()
    {
        var command = new Command("renew", "Moves a deal's end away, at its price or the provider's, whichever is higher.") { Deal, Days };
        command.Runs(async (session, parse, cancellation) =>
        {
            using StorageDesk desk = await StorageDesk.OpenAsync(session, cancellation);
            ulong id = parse.GetValue(Deal);
            AbiRecord deal = await desk.Market.RecordAsync("getDeal", cancellation, (UInt256)id);
            AbiRecord offer = await desk.Market.RecordAsync("getOffer", cancellation, deal["provider"]);
            AbiRecord provider = await desk.Market.RecordAsync("getProvider", cancellation, deal["provider"]);
            UInt128 ask = (UInt128)UInt256.MulDiv(
                offer.Number("pricePerGiBBlock"), 32UL << (int)deal.Count("height"), 1UL << 30, Rounding.Up);
            UInt128 price = UInt128.Max(ask, (UInt128)deal.Number("price"));
            ulong end = deal.Count("end") + BlocksOf(desk, parse);
            Amount more = new(price * Math.Min(end - deal.Count("end"), desk.Parameters.Count("storageMarket", "lockBlocks")));
            (string, JsonNode?)[] effects = [("end", Text(end)), ("price", $"{new Amount(price)} a block, {more} more at most are locked")];
            if (session.IsDryRun)
            {
                session.Output.Facts([.. effects, ("sent", "no (--dry-run)")]);
                return;
            }

            Confirmation.Ask(session, $"renew deal {id}", effects);
            Hash256 digest = StorageSigning.ExtensionDigest(desk.ChainId, desk.Market.Address, id, end, price);
            using var link = new ProviderLink(provider.Text("endpoint"), session.Timeout);
            await link.ExtendAsync(new ExtensionWish(
                id, end, price.ToString(CultureInfo.InvariantCulture), Hex.Encode(desk.Key.Sign(digest).ToArray())), cancellation);
            await StorageStatus.ShowAsync(session, desk, id, cancellation);
        });
        return command;
    }

    private static Command Cancel()
    {
        var command = new Command("cancel",
            "Ends a deal: a proposal at once, an active deal for a notice of seven days of its price.") { Deal };
        command.Runs(async (session, parse, cancellation) =>
        {
            using StorageDesk desk = await StorageDesk.OpenAsync(session, cancellation);
            ulong id = parse.GetValue(Deal);
            AbiRecord deal = await desk.Market.RecordAsync("getDeal", cancellation, (UInt256)id);
            string method = StorageWords.StateOf(deal.Count("state")) == "proposed" ? "cancelProposal" : "terminateDeal";
            Amount notice = method == "cancelProposal" ? Amount.Zero
                : new Amount((UInt128)deal.Number("price") * desk.Parameters.Count("storageMarket", "noticeBlocks"));
            await TransactionFlow.SendAsync(session, desk.Market.Plan(method, Amount.Zero, (UInt256)id), $"end deal {id}",
                [("notice", $"at most {notice}")], cancellation);
        });
        return command;
    }

    private static Command Verify()
    {
        var which = new Argument<string>("cid") { Description = "The piece CID that the file should have." };
        var command = new Command("verify", "Whether a file is the piece of that CID. Needs no node; exit 2 when it is not.")
        {
            File, which,
        };
        command.Runs(async (session, parse, cancellation) =>
        {
            if (!PieceCid.TryParse(parse.GetValue(which), out PieceCid wanted, out string? fault))
                throw CliFailure.Usage($"the CID does not parse: {fault}");
            PieceCid piece = await HashAsync(parse.GetValue(File)!, cancellation);
            if (piece != wanted)
            {
                throw new CliFailure(ExitCode.RejectedByChain, "OtherPiece", "the file is not that piece")
                {
                    Needed = wanted.ToString(),
                    Had = piece.ToString(),
                };
            }

            session.Output.Facts(("cid", piece.ToString()), ("same", true));
        });
        return command;
    }

    private static Command Cid()
    {
        var command = new Command("cid", "The piece CID of a file: what deals, proofs and retrieval call it. Needs no node.") { File };
        command.Runs(async (session, parse, cancellation) =>
        {
            PieceCid piece = await HashAsync(parse.GetValue(File)!, cancellation);
            session.Output.Facts(
                ("cid", piece.ToString()),
                ("version1", piece.ToVersion1()),
                ("bytes", Text(piece.RawSize)),
                ("padded", Text(piece.PaddedSize)),
                ("height", (int)piece.Height));
        });
        return command;
    }

    private static async Task<PieceCid> HashAsync(FileInfo file, CancellationToken cancellation)
    {
        if (!file.Exists) throw CliFailure.LocalState("NoSuchFile", $"there is no file {file.FullName}");
        if (file.Length == 0) throw CliFailure.Usage($"{file.FullName} is empty: there is nothing to store");
        await using var stream = new SealedFileStream(file.FullName, cipher: null);
        return await StorageQuote.PieceOfAsync(stream.ReadAsync(0, cancellation));
    }

    // Without the book: whichever deals of the last blocks name the piece.
    private static async Task<IReadOnlyList<StoredCopy>> FindCopiesAsync(StorageDesk desk, string name, CancellationToken cancellation)
    {
        if (!PieceCid.TryParse(name, out PieceCid piece, out _))
        {
            throw CliFailure.LocalState("UnknownFile", $"'{name}' is neither a file that was stored from here nor a piece CID",
                "depin storage ls shows the files");
        }

        byte[] encoded = piece.Encode();
        IReadOnlyList<ModuleLog> deals = await desk.Market.LogsAsync("DealPublished", 0, await desk.HeadAsync(cancellation), cancellation);
        StoredCopy[] copies = [.. deals.Where(deal => deal.Values.Bytes("pieceCid").AsSpan().SequenceEqual(encoded))
            .Select(deal => new StoredCopy(deal.Values.Count("id"), deal.Values.Count("providerId"), name)).Reverse()];
        return copies.Length > 0 ? copies
            : throw new CliFailure(ExitCode.RejectedByChain, "UnknownPiece", $"no deal on this chain is for piece {name}");
    }

    private static int CopiesOf(ParseResult parse) => parse.GetValue(Copies) is >= 1 and <= 16 and var copies ? copies
        : throw CliFailure.Usage("--copies takes 1 to 16");

    private static ulong BlocksOf(StorageDesk desk, ParseResult parse)
    {
        double days = parse.GetValue(Days);
        ulong blocks = double.IsFinite(days) && days is > 0 and < 100_000 ? (ulong)Math.Ceiling(days * desk.DayBlocks) : 0;
        ulong least = desk.Parameters.Count("storageMarket", "dealBlocksMin");
        ulong most = desk.Parameters.Count("storageMarket", "dealBlocksMax");
        return blocks >= least && blocks <= most ? blocks : throw CliFailure.Usage(
            $"--days {days.ToString(CultureInfo.InvariantCulture)} are {blocks} blocks; this network has deals of {least} to {most}",
            $"a day is {desk.DayBlocks} blocks here");
    }

    private static UInt128? PriceOf(StorageDesk desk, ParseResult parse) =>
        parse.GetValue(PriceMax) is { } text ? StorageQuote.PerBlock(text, desk.DayBlocks) : null;

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
