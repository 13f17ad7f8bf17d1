namespace DePinChain.Engine;

/// <summary>Where a key's mark lies. There is one file for each key, and whoever writes it holds the lock beside it.</summary>
public sealed class SignerMarkFile(IFolder folder)
{
    private const string MarkFile = "signer.mark";
    private const string LockFile = "signer.lock";

    /// <summary>How a person finds the file.</summary>
    public string Place => folder.Describe(MarkFile);

    /// <summary>Whether there is a file, readable or not.</summary>
    public bool Exists => folder.Read(MarkFile) is not null;

    /// <exception cref="RefusalException">Another process signs with this key now.</exception>
    public IDisposable Lock() => folder.Lock(LockFile);

    /// <summary>The mark, or null when the file is missing or both copies in it are damaged.</summary>
    public SignerMark? Find() => folder.Read(MarkFile) is { } content ? SignerMark.Decode(content) : null;

    /// <summary>Replaces the mark; durable on return.</summary>
    public void Write(SignerMark mark) => folder.Replace(MarkFile, mark.Encode());
}
