using System.Security.Cryptography;
using Microsoft.AspNetCore.StaticFiles;

namespace DePinChain.Explorer.Hosting;

/// <summary>The style sheet, the scripts and the icon, each under an address that holds its hash, so browsers keep it for ever.</summary>
public sealed class SiteAssets
{
    private const int HashDigits = 12;
    private static readonly FileExtensionContentTypeProvider Types = new();

    private readonly SortedDictionary<string, (string Address, byte[] Bytes)> _files = new(StringComparer.Ordinal);

    public SiteAssets()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "assets");
        foreach (string path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            byte[] bytes = File.ReadAllBytes(path);
            string hash = Convert.ToHexStringLower(SHA256.HashData(bytes))[..HashDigits];
            string name = Path.GetRelativePath(folder, path).Replace('\\', '/');
            _files[name] = ($"/assets/{hash}/{name}", bytes);
        }
    }

    /// <summary>Where the file is; a name that is not there is our own mistake.</summary>
    public string this[string name] => _files[name].Address;

    /// <summary>Whether the build made it.</summary>
    public bool Has(string name) => _files.ContainsKey(name);

    public void Map(WebApplication site)
    {
        foreach ((string name, (string address, byte[] bytes)) in _files)
        {
            string type = Types.TryGetContentType(name, out string? known) ? known : "application/octet-stream";
            site.MapGet(address, (HttpContext http) =>
            {
                http.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
                return Results.Bytes(bytes, type);
            });
        }

        if (_files.TryGetValue("icon.svg", out (string Address, byte[] Bytes) icon))
            site.MapGet("/favicon.ico", () => Results.Bytes(icon.Bytes, "image/svg+xml"));
    }
}
