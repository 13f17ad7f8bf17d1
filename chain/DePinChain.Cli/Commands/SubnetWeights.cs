using System.Buffers.Binary;
using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>A validator's weights: set at once where a subnet allows it, else committed with a deposit and revealed later.</summary>
internal static class SubnetWeights
{
    private const ushort Whole = 65_535;

    private static readonly Argument<uint> Net = new("netuid") { Description = "The subnet's number." };

    private static string BookPath =>
        Path.Combine(Path.GetDirectoryName(KeyStore.Default.Folder)!, "subnet-commitments.json");

    public static Command Build() => new("weights", "Scores of a validator: --key is its hotkey.") { Set(), Reveal(), Show() };

    private static Command Set()
    {
        var file = new Option<FileInfo>("--file", "-f")
        {
            Description = "Lines of 'uid,weight'; weights are any non-negative numbers.",
            Required = true,
        };
        var version = new Option<ulong>("--version-key") { Description = "Version of the validator's software." };
        var command = new Command("set", "Sets weights, or commits to them where the subnet wants that (then: weights reveal).")
        {
            Net, file, version,
        };
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleGateway subnets = await SubnetCommands.GatewayAsync(session, cancellation);
            uint net = parse.GetValue(Net);
            (byte[] weights, string preview) = Read(parse.GetValue(file)!);
            AbiRecord rules = await subnets.RecordAsync("rulesOf", cancellation, (UInt256)net);
            if (rules.Flag("commitReveal"))
            {
                await CommitAsync(session, subnets, net, weights, parse.GetValue(version), preview, cancellation);
                return;
            }

            await TransactionFlow.SendAsync(
                session,
                subnets.Plan("setWeights", Amount.Zero, (UInt256)net, weights, (UInt256)parse.GetValue(version), new byte[Hash256.Size]),
                $"set weights in subnet {net}", [("weights", preview)], cancellation);
        });
        return command;
    }

    private static Command Reveal()
    {
        var command = new Command("reveal", "Shows weights that were committed from here; the deposit comes back.") { Net };
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleGateway subnets = await SubnetCommands.GatewayAsync(session, cancellation);
            uint net = parse.GetValue(Net);
            string key = KeyOf((ulong)await session.Node.QuantityAsync("eth_chainId", cancellation), net, session.KeyAddress);
            JsonObject book = OpenBook();
            if (book[key] is not JsonObject kept)
            {
                throw CliFailure.LocalState("NoCommitment", $"nothing was committed from here in subnet {net} by {session.KeyAddress}",
                    "depin subnet weights set commits");
            }

            await TransactionFlow.SendAsync(
                session,
                subnets.Plan("revealWeights", Amount.Zero, (UInt256)net, Hex.Decode(kept["weights"]!.GetValue<string>()),
                    (UInt256)kept["version"]!.GetValue<ulong>(), new byte[Hash256.Size], Hex.Decode(kept["salt"]!.GetValue<string>())),
                $"reveal weights in subnet {net}", cancellation);
            if (session.IsDryRun) return;
            book.Remove(key);
            Save(book);
        });
        return command;
    }

    private static Command Show()
    {
        var uid = new Argument<uint>("uid") { Description = "The validator's place." };
        var command = new Command("show", "A validator's weights as the chain has them.") { Net, uid };
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleGateway subnets = await SubnetCommands.GatewayAsync(session, cancellation);
            object? row = await subnets.ValueAsync(
                "weights", cancellation, (UInt256)parse.GetValue(Net), (UInt256)parse.GetValue(uid));
            session.Output.Rows(["uid", "weight", "part"], Pairs((byte[])row!).Select(pair => (IReadOnlyList<JsonNode?>)
            [
                pair.Uid.ToString(CultureInfo.InvariantCulture), pair.Weight.ToString(CultureInfo.InvariantCulture),
                (pair.Weight / (double)Whole).ToString("0.0000", CultureInfo.InvariantCulture),
            ]));
        });
        return command;
    }

    // keccak(abi.encode(chainId, netuid, hotkey, epoch, weights, versionKey, evidenceRoot, salt)): the module's own preimage.
    private static async Task CommitAsync(
        Session session, ModuleGateway subnets, uint net, byte[] weights, ulong version, string preview, CancellationToken cancellation)
    {
        ulong chainId = (ulong)await session.Node.QuantityAsync("eth_chainId", cancellation);
        AbiRecord subnet = await subnets.RecordAsync("subnet", cancellation, (UInt256)net);
        GovernedParameters rules = await GovernedParameters.LoadAsync(session.Node, cancellation);
        byte[] salt = RandomNumberGenerator.GetBytes(Hash256.Size);
        AbiType word = AbiType.Parse("uint256"), bytes32 = AbiType.Parse("bytes32");
        byte[] preimage = AbiCodec.Encode(
            [word, word, AbiType.Parse("address"), word, AbiType.Parse("bytes"), word, bytes32, bytes32],
            [
                (UInt256)chainId, (UInt256)net, session.KeyAddress, subnet.Number("epochIndex"), weights, (UInt256)version,
                new byte[Hash256.Size], salt,
            ]);

        // On disk before it is sent: a commitment whose salt is lost costs its deposit.
        JsonObject book = OpenBook();
        book[KeyOf(chainId, net, session.KeyAddress)] = new JsonObject
        {
            ["weights"] = Hex.Encode(weights),
            ["version"] = version,
            ["salt"] = Hex.Encode(salt),
        };
        if (!session.IsDryRun) Save(book);
        Amount deposit = rules.Amount("subnets", "commitDeposit");
        await TransactionFlow.SendAsync(
            session, subnets.Plan("commitWeights", deposit, (UInt256)net, Keccak256.Hash(preimage).ToArray()),
            $"commit weights in subnet {net}",
            [
                ("weights", preview),
                ("deposit", $"{deposit}, back with: depin subnet weights reveal {net}, after block {subnet.Count("nextEpochAt")}"),
            ],
            cancellation);
    }

    // uid and weight of two bytes each, big-endian, uids ascending; the largest weight becomes 65,535.
    private static (byte[] Packed, string Preview) Read(FileInfo file)
    {
        if (!file.Exists) throw CliFailure.LocalState("NoSuchFile", $"there is no file {file.FullName}");
        var scores = new SortedDictionary<ushort, double>();
        foreach (string line in File.ReadLines(file.FullName).Where(static line => line.Trim().Length > 0))
        {
            string[] parts = line.Split(',');
            ushort uid = 0;
            double score = -1;
            bool isRead = parts.Length == 2
                && ushort.TryParse(parts[0].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out uid)
                && double.TryParse(parts[1].Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out score);
            if (!isRead || !double.IsFinite(score) || score < 0 || !scores.TryAdd(uid, score))
                throw CliFailure.Usage($"'{line}' is not uid,weight, or its uid came before", "for example 3,0.25");
        }

        double most = scores.Count > 0 ? scores.Values.Max() : 0;
        if (most <= 0) throw CliFailure.Usage($"{file.FullName} has no weight above zero");
        byte[] packed = new byte[scores.Count * 4];
        int at = 0;
        foreach ((ushort uid, double score) in scores)
        {
            BinaryPrimitives.WriteUInt16BigEndian(packed.AsSpan(at), uid);
            BinaryPrimitives.WriteUInt16BigEndian(packed.AsSpan(at + 2), (ushort)Math.Round(score / most * Whole));
            at += 4;
        }

        return (packed, string.Join(", ", Pairs(packed).Select(static pair => $"{pair.Uid}: {pair.Weight}")));
    }

    private static IEnumerable<(ushort Uid, ushort Weight)> Pairs(byte[] packed) => packed.Chunk(4).Select(static pair =>
        (BinaryPrimitives.ReadUInt16BigEndian(pair), BinaryPrimitives.ReadUInt16BigEndian(pair.AsSpan(2))));

    private static string KeyOf(ulong chainId, uint net, Address hotkey) =>
        string.Create(CultureInfo.InvariantCulture, $"{chainId}/{net}/{hotkey}");

    private static JsonObject OpenBook()
    {
        try
        {
            return File.Exists(BookPath) ? (JsonObject)JsonNode.Parse(File.ReadAllText(BookPath))! : [];
        }
        catch (Exception damaged) when (damaged is JsonException or InvalidCastException)
        {
            throw CliFailure.LocalState("CommitmentsDamaged", $"{BookPath} cannot be read: {damaged.Message}", "restore it from a backup");
        }
    }

    private static void Save(JsonObject book)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(BookPath)!);
        File.WriteAllText(BookPath + ".next", book.ToJsonString());
        File.Move(BookPath + ".next", BookPath, overwrite: true);
    }
}
