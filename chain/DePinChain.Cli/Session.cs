using System.CommandLine;
using DePinChain.Client;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Cli;

/// <summary>One run of the command line: where the node is, who signs, how to write.</summary>
internal sealed class Session : IDisposable
{
    private readonly ParseResult _parse;
    private ModuleDirectory? _modules;

    public Session(ParseResult parse)
    {
        _parse = parse;
        Output = Output.For(GlobalOptions.ChosenFormat(parse), parse.GetValue(GlobalOptions.NoColor));
        int seconds = parse.GetValue(GlobalOptions.TimeoutSeconds);
        if (seconds is < 1 or > 86_400)
            throw CliFailure.Usage("--timeout takes 1 to 86400 seconds");
        Timeout = TimeSpan.FromSeconds(seconds);
        string rpc = parse.GetValue(GlobalOptions.Rpc)!;
        if (!Uri.TryCreate(rpc, UriKind.Absolute, out Uri? endpoint) || endpoint.Scheme is not ("http" or "https"))
            throw CliFailure.Usage($"'{rpc}' is not an http address", "for example --rpc http://127.0.0.1:8545");
        Node = new JsonRpcConnection(endpoint, Timeout);
    }

    public JsonRpcConnection Node { get; }

    public Output Output { get; }

    public TimeSpan Timeout { get; }

    public bool IsDryRun => _parse.GetValue(GlobalOptions.DryRun);

    /// <summary>Whether the user has said yes to every question beforehand.</summary>
    public bool IsYes => _parse.GetValue(GlobalOptions.Yes);

    public bool Waits => !_parse.GetValue(GlobalOptions.NoWait);

    public string Fee => _parse.GetValue(GlobalOptions.Fee)!;

    public async Task<ModuleDirectory> ModulesAsync(CancellationToken cancellation) =>
        _modules ??= await ModuleDirectory.LoadAsync(Node, cancellation);

    /// <summary>The signing key: a development key on a localnet only, else one of the key store after its password.</summary>
    public Task<PrivateKey> KeyAsync(CancellationToken cancellation) => KeyAsync(_parse.GetValue(GlobalOptions.Key)!, cancellation);

    /// <summary>The address of --key, without its password.</summary>
    public Address KeyAddress => AddressOf(_parse.GetValue(GlobalOptions.Key)!);

    /// <inheritdoc cref="KeyAsync(CancellationToken)"/>
    public async Task<PrivateKey> KeyAsync(string name, CancellationToken cancellation)
    {
        if (!DevelopmentKeys.TryFind(name, out PrivateKey? key))
            return KeyStore.Default.Open(name);
        ulong chainId = (ulong)await Node.QuantityAsync("eth_chainId", cancellation);
        return DevelopmentKeys.IsDevelopmentChain(chainId) ? key : throw new CliFailure(ExitCode.RefusedForSafety, "PublicKeyRefused",
            $"'{name}' is a publicly known key and chain {chainId} is not a localnet")
        {
            Hint = "create a key of your own: depin keys new NAME"
        };
    }

    /// <summary>An address given as 0x…, as a key's name, or as dev0 to dev9.</summary>
    public static Address AddressOf(string text)
    {
        if (text.StartsWith("0x", StringComparison.Ordinal))
        {
            return Address.TryParse(text, out Address address) ? address
                : throw CliFailure.Usage($"'{text}' is not an address", "0x and 40 hex digits; mixed case must match the EIP-55 checksum");
        }

        if (DevelopmentKeys.TryFind(text, out PrivateKey? key))
            return key.Address;
        return KeyStore.Default.Find(text) ?? throw CliFailure.Usage($"'{text}' is neither an address nor the name of a key",
            "depin keys list shows the names");
    }

    public static Amount AmountOf(string text)
    {
        try
        {
            string number = text.EndsWith("dpn", StringComparison.OrdinalIgnoreCase) ? text[..^3].Trim() : text;
            return Amount.Parse(number);
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            throw CliFailure.Usage($"'{text}' is not an amount of DPN", "for example 1.5 (at most 18 decimals)");
        }
    }

    public void Dispose() => Node.Dispose();
}
