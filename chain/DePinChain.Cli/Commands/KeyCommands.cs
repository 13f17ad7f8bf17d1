using System.CommandLine;
using System.Text;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>Keys of this machine's key store.</summary>
internal static class KeyCommands
{
    private static readonly Argument<string> Name = new("name") { Description = "1 to 64 letters, digits, '-' or '_'." };

    public static Command Build() => new("keys", "Make, import, list and use keys. Keys stay encrypted on this machine.")
    {
        New(), Import(), List(), Show(), Export(), SignMessage(), Verify(),
    };

    private static Command New()
    {
        var command = new Command("new", "Makes a key and stores it encrypted.") { Name };
        command.Runs((session, parse, _) =>
        {
            using PrivateKey key = PrivateKey.Generate();
            string name = parse.GetValue(Name)!;
            KeyStore.Default.Add(name, key);
            session.Output.Facts(("name", name), ("address", key.Address.ToString()),
                ("file", Path.Combine(KeyStore.Default.Folder, name + ".json")));
            return Task.CompletedTask;
        });
        return command;
    }

    private static Command Import()
    {
        var file = new Option<FileInfo?>("--keystore") { Description = "A Web3 Secret Storage file (version 3) of another wallet." };
        var mnemonic = new Option<bool>("--mnemonic")
        {
            Description = "Read a BIP-39 phrase (DEPIN_SECRET or standard input) " +
            "instead of a private key."
        };
        var index = new Option<uint>("--index") { Description = "Which account of the phrase: m/44'/60'/0'/0/INDEX." };
        var command = new Command("import", "Imports a private key, a phrase or a keystore file. The secret comes from DEPIN_SECRET " +
            "or standard input.") { Name, file, mnemonic, index };
        command.Runs((session, parse, _) =>
        {
            using PrivateKey key = parse.GetValue(file) is { } stored
                ? Keystore.DecryptV3(File.ReadAllText(stored.FullName), Passwords.Ask("password of the file: "))
                : parse.GetValue(mnemonic) ? Crypto.Mnemonic.DeriveKey(Secret("phrase"), parse.GetValue(index))
                    : PrivateKey.Parse(Secret("private key"));
            KeyStore.Default.Add(parse.GetValue(Name)!, key);
            session.Output.Facts(("name", parse.GetValue(Name)), ("address", key.Address.ToString()));
            return Task.CompletedTask;
        });
        return command;
    }

    private static Command List()
    {
        var command = new Command("list", "Lists the stored keys.");
        command.Runs((session, _, _) =>
        {
            session.Output.Rows(["name", "address"], KeyStore.Default.List()
                .Select(key => new System.Text.Json.Nodes.JsonNode?[] { key.Name, key.Address.ToString() }));
            return Task.CompletedTask;
        });
        return command;
    }

    private static Command Show()
    {
        var command = new Command("show", "The address of a key: stored, dev0 to dev9, or 0x….") { Name };
        command.Aliases.Add("address");
        command.Runs((session, parse, _) =>
        {
            session.Output.Facts(("name", parse.GetValue(Name)), ("address", Session.AddressOf(parse.GetValue(Name)!).ToString()));
            return Task.CompletedTask;
        });
        return command;
    }

    private static Command Export()
    {
        var command = new Command("export", "Prints the encrypted keystore file of a key, for another wallet.") { Name };
        command.Runs((session, parse, _) =>
        {
            session.Output.Raw(KeyStore.Default.ReadFile(parse.GetValue(Name)!));
            return Task.CompletedTask;
        });
        return command;
    }

    private static Command SignMessage()
    {
        var text = new Argument<string>("message") { Description = "The text to sign (EIP-191)." };
        var command = new Command("sign-message", "Signs a text with --key as wallets do (EIP-191).") { text };
        command.Runs(async (session, parse, cancellation) =>
        {
            using PrivateKey key = await session.KeyAsync(cancellation);
            Signature signature = key.Sign(PersonalMessage.Hash(Encoding.UTF8.GetBytes(parse.GetValue(text)!)));
            session.Output.Facts(("address", key.Address.ToString()), ("signature", Hex.Encode(WalletForm(signature))));
        });
        return command;
    }

    private static Command Verify()
    {
        var text = new Argument<string>("message") { Description = "The text that was signed." };
        var signature = new Argument<string>("signature") { Description = "65 bytes as hex." };
        var command = new Command("verify", "Tells who signed a text (EIP-191).") { text, signature };
        command.Runs((session, parse, _) =>
        {
            if (!Hex.TryDecode(parse.GetValue(signature), out byte[] bytes) || bytes.Length != 65)
                throw CliFailure.Usage("a signature is 65 bytes of hex with 0x");
            Hash256 digest = PersonalMessage.Hash(Encoding.UTF8.GetBytes(parse.GetValue(text)!));
            int recovery = bytes[64] >= 27 ? bytes[64] - 27 : bytes[64];
            if (!Secp256k1.TryRecover(digest, bytes.AsSpan(0, 64), recovery, out Address signer))
                throw new CliFailure(ExitCode.RejectedByChain, "BadSignature", "this is not a signature of that text by anybody");
            session.Output.Facts(("signer", signer.ToString()));
            return Task.CompletedTask;
        });
        return command;
    }

    /// <summary>Wallets write v as 27 or 28.</summary>
    private static byte[] WalletForm(Signature signature)
    {
        byte[] bytes = signature.ToArray();
        bytes[64] += 27;
        return bytes;
    }

    private static string Secret(string what)
    {
        if (Environment.GetEnvironmentVariable("DEPIN_SECRET") is { } given)
            return given.Trim();
        if (!Console.IsInputRedirected)
            Console.Error.Write($"{what}: ");
        return Console.In.ReadLine()?.Trim() ?? throw CliFailure.Usage($"no {what} on standard input");
    }
}
