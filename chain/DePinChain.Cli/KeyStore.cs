using System.Text.Json;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Cli;

/// <summary>Encrypted keys (Web3 Secret Storage version 3), one file each, readable by their owner only.</summary>
internal sealed class KeyStore(string folder)
{
    /// <summary>~/.depin/keys, or DEPIN_HOME/keys.</summary>
    public static KeyStore Default { get; } = new(Path.Combine(
        Environment.GetEnvironmentVariable("DEPIN_HOME") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
            ".depin"), "keys"));

    public string Folder => folder;

    public IEnumerable<(string Name, Address Address)> List() => !Directory.Exists(folder) ? [] :
        Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal)
            .Select(path => (Path.GetFileNameWithoutExtension(path), Find(Path.GetFileNameWithoutExtension(path))!.Value));

    /// <summary>The address of a stored key, without its password; null when there is none of that name.</summary>
    public Address? Find(string name)
    {
        string path = PathOf(name);
        if (!File.Exists(path))
            return null;
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(path));
        return document.RootElement.TryGetProperty("address", out JsonElement address)
            && Address.TryParse("0x" + address.GetString(), out Address found) ? found
            : throw CliFailure.LocalState("KeyFileDamaged", $"{path} names no address",
                "it is not a key file, or it was damaged; restore it from a backup");
    }

    public PrivateKey Open(string name)
    {
        string path = PathOf(name);
        if (!File.Exists(path))
            throw CliFailure.LocalState("UnknownKey", $"there is no key '{name}' in {folder}",
                "depin keys list shows what there is; depin keys new NAME makes one");
        try
        {
            return Keystore.DecryptV3(File.ReadAllText(path), Passwords.Ask($"password of '{name}': "));
        }
        catch (KeystoreException exception)
        {
            throw CliFailure.LocalState("KeyNotOpened", exception.Message,
                "DEPIN_PASSWORD, or the prompt, takes the password that the key was made with");
        }
    }

    public void Add(string name, PrivateKey key)
    {
        string path = PathOf(name);
        if (File.Exists(path))
            throw CliFailure.LocalState("KeyExists", $"there is already a key '{name}' in {folder}",
                "choose another name; nothing is ever overwritten");
        if (!OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string text = Keystore.EncryptV3(key, Passwords.Ask($"new password for '{name}': "));
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var writer = new StreamWriter(path, options);
        writer.Write(text);
    }

    public string ReadFile(string name) => File.Exists(PathOf(name)) ? File.ReadAllText(PathOf(name))
        : throw CliFailure.LocalState("UnknownKey", $"there is no key '{name}' in {folder}", "depin keys list shows what there is");

    private string PathOf(string name) => name.Length is > 0 and <= 64
        && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_')
        ? Path.Combine(folder, name + ".json")
        : throw CliFailure.Usage($"'{name}' is not a key's name", "1 to 64 letters, digits, '-' or '_'");
}

/// <summary>Passwords come from DEPIN_PASSWORD or the terminal, never from an argument that other users could list.</summary>
internal static class Passwords
{
    public static string Ask(string prompt)
    {
        if (Environment.GetEnvironmentVariable("DEPIN_PASSWORD") is { } given)
            return given;
        if (Console.IsInputRedirected)
            return Console.In.ReadLine() ?? throw CliFailure.LocalState("NoPassword", "no password on standard input",
                "set DEPIN_PASSWORD, or run it in a terminal");
        Console.Error.Write(prompt);
        var typed = new System.Text.StringBuilder();
        for (ConsoleKeyInfo key = Console.ReadKey(intercept: true); key.Key != ConsoleKey.Enter; key = Console.ReadKey(intercept: true))
        {
            if (key.Key == ConsoleKey.Backspace && typed.Length > 0)
                typed.Length--;
            else if (key.KeyChar >= ' ')
                typed.Append(key.KeyChar);
        }

        Console.Error.WriteLine();
        return typed.ToString();
    }
}
