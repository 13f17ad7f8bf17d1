using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using DePinChain.Crypto;
using DePinChain.Engine;
using DePinChain.Primitives;

namespace DePinChain.Signer;

/// <summary>What can be done with a signer's home.</summary>
internal static class SignerVerbs
{
    public static async Task<ExitCode> RunAsync(SignerOptions options, TextWriter output, CancellationToken stopping)
    {
        SignerHome home = new(options.Home);
        switch (options.Verb)
        {
            case "init":
                Init(home, options, output);
                return ExitCode.Success;
            case "run":
                await ServeAsync(home, options, output, stopping);
                return ExitCode.Success;
            case "status":
                Show(home, options, output);
                return ExitCode.Success;
            case "export":
                Export(home, options, output);
                return ExitCode.Success;
            case "import":
                Import(home, options, output);
                return ExitCode.Success;
            case "reset":
                Reset(home, options, output);
                return ExitCode.Success;
            default:
                throw SignerOptions.Wrong($"'{options.Verb}' is none of init, run, status, export, import and reset");
        }
    }

    // Keys that are there stay as they are, so that the home of a node can be given to a signer.
    private static void Init(SignerHome home, SignerOptions options, TextWriter output)
    {
        if (options.ChainId is not { } chainId || options.Genesis is not { } genesis)
            throw SignerOptions.Wrong("init needs --chain-id and --genesis");
        if (home.FindNetwork() is { } known && known != new SignerNetwork(chainId, genesis))
        {
            throw new RefusalException(
                ExitCode.RefusedForSafety,
                $"{options.Home} signs for chain {known.ChainId} with genesis {known.Genesis} already; choose another folder.");
        }

        if (!home.HasKeys) home.MakeKeys(chainId);
        home.WriteNetwork(new SignerNetwork(chainId, genesis));
        Show(home, options, output);
    }

    private static async Task ServeAsync(SignerHome home, SignerOptions options, TextWriter output, CancellationToken stopping)
    {
        SignerNetwork network = home.ReadNetwork();
        (PrivateKey signing, PrivateKey vrf) = home.ReadKeys();
        using PrivateKey key = signing;
        SignerGuard guard = SignerGuard.Open(home.Folder, network.ChainId, digest => key.Sign(digest), initialize: false);
        using ValidatorSigner signer = new(network.ChainId, key.Address, guard, vrf);
        await SignerService.RunAsync(signer, options.SocketPath, output, stopping);
    }

    private static void Show(SignerHome home, SignerOptions options, TextWriter output)
    {
        (PrivateKey signing, PrivateKey vrf) = home.ReadKeys();
        using PrivateKey key = signing, other = vrf;
        SignerNetwork? network = home.FindNetwork();
        SignerMark? mark = home.MarkFile.Find();
        Facts(output, options.Json,
        [
            ("home", options.Home),
            ("signer", key.Address.ToString()),
            ("signingKey", Hex.Encode(key.PublicKeyCompressed)),
            ("vrfKey", Hex.Encode(other.PublicKeyCompressed)),
            ("chainId", network?.ChainId.ToString(CultureInfo.InvariantCulture)),
            ("genesis", network?.Genesis.ToString()),
            ("mark", mark?.Slot.ToString() ?? (home.MarkFile.Exists ? "unreadable" : "missing")),
        ]);
    }

    // The lock is held meanwhile: what is exported must be the last thing this signer ever says of itself, or not be said at all.
    private static void Export(SignerHome home, SignerOptions options, TextWriter output)
    {
        SignerNetwork network = home.ReadNetwork();
        (PrivateKey signing, PrivateKey vrf) = home.ReadKeys();
        using PrivateKey key = signing, other = vrf;
        using IDisposable held = home.MarkFile.Lock();
        SignerMark mark = home.MarkFile.Find() ?? throw new RefusalException(
            ExitCode.RefusedForSafety, $"There is no mark to export: {home.MarkFile.Place} is missing or damaged.");
        string text = Interchange.Write(network, key.Address, mark);
        if (options.File is not { } file)
        {
            output.WriteLine(text);
            return;
        }

        new DiskFolder(Path.GetDirectoryName(file)!).Replace(Path.GetFileName(file), Encoding.UTF8.GetBytes(text + "\n")); // a full path
        Facts(output, options.Json, [("file", file), ("signer", key.Address.ToString()), ("mark", mark.Slot.ToString())]);
    }

    private static void Import(SignerHome home, SignerOptions options, TextWriter output)
    {
        if (options.File is not { } file) throw SignerOptions.Wrong("import needs --file");
        SignerNetwork network = home.ReadNetwork();
        (PrivateKey signing, PrivateKey vrf) = home.ReadKeys();
        using PrivateKey key = signing, other = vrf;
        SignerMark told = Interchange.Read(ReadText(file), file, network, key.Address);
        using IDisposable held = home.MarkFile.Lock();
        if (home.MarkFile.Exists && home.MarkFile.Find() is null)
        {
            throw new RefusalException(
                ExitCode.RefusedForSafety,
                $"The mark {home.MarkFile.Place} is damaged and may have stood higher than the imported one at {told.Slot}; "
                + "run: depin signer reset --min-height HEIGHT --i-know");
        }

        SignerMark mark = home.MarkFile.Find() is { } own && own.Slot >= told.Slot ? own : told;
        home.MarkFile.Write(mark);
        Facts(
            output, options.Json, [("signer", key.Address.ToString()), ("imported", told.Slot.ToString()), ("mark", mark.Slot.ToString())]);
    }

    // Nothing below the height will ever be signed again, whatever was signed before: the way out when both copies are lost.
    private static void Reset(SignerHome home, SignerOptions options, TextWriter output)
    {
        if (options.MinHeight is not { } height || !options.IKnow)
        {
            throw new RefusalException(
                ExitCode.RefusedForSafety,
                "reset needs --min-height, two blocks past the chain's head, and --i-know: "
                + "you know that no other machine signs with this key.");
        }

        SignerNetwork network = home.ReadNetwork();
        using IDisposable held = home.MarkFile.Lock();
        SigningSlot slot = new(height - 1, int.MaxValue, SigningStep.Precommit);
        if (home.MarkFile.Find() is { } mark && mark.Slot >= slot)
        {
            throw new RefusalException(
                ExitCode.RefusedForSafety,
                $"The mark stands at {mark.Slot} and is never lowered; --min-height must be above {mark.Slot.Height}.");
        }

        home.MarkFile.Write(new SignerMark(network.ChainId, slot, default, default));
        Facts(output, options.Json, [("mark", slot.ToString()), ("signsFromHeight", height.ToString(CultureInfo.InvariantCulture))]);
    }

    private static string ReadText(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            throw new RefusalException(ExitCode.LocalState, $"{file} cannot be read ({missing.Message}).", missing);
        }
    }

    private static void Facts(TextWriter output, bool isJson, IReadOnlyList<(string Name, string? Value)> facts)
    {
        if (isJson)
        {
            JsonObject record = [];
            foreach ((string name, string? value) in facts) record[name] = value;
            output.WriteLine(record.ToJsonString());
            return;
        }

        foreach ((string name, string? value) in facts) output.WriteLine($"{name,-16}{value ?? "-"}");
    }
}
