using System.Formats.Tar;
using System.Text;

namespace DePinChain.Providers.Containers;

/// <summary>A small image of Debian's static BusyBox: what checks run in, and what a first deployment can use without a registry.</summary>
internal static class DemoImage
{
    public const string Name = "localhost/busybox:1";

    private const string Program = "/bin/busybox", Page = "hello from a container on DePinChain\n";

    // What BusyBox is called by; its own list is longer.
    private const string Applets =
        "sh cat chmod chown cp cut date dd df dirname echo env expr false find free getopt grep head hostname httpd id ip kill ln ls " +
            "md5sum " +
        "mkdir mknod mount mv nc netstat nslookup ping printf ps pwd rm sed seq sha256sum sleep sort stat sync sysctl tail tar tee test " +
        "timeout top touch tr true ulimit umount uname unshare uptime vi wc wget which whoami xargs yes chroot nice";

    /// <summary>Makes the image, unless the engine has it.</summary>
    /// <returns>Null when it is there, else why not.</returns>
    public static async Task<string?> EnsureAsync(EngineLink engine, CancellationToken cancellation)
    {
        if (await engine.HasImageAsync(Name, cancellation)) return null;
        if (!File.Exists(Program)) return "there is no static BusyBox: apt-get install busybox-static";
        using var tar = new MemoryStream();
        await using (var writer = new TarWriter(tar, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (string folder in (string[])["bin", "dev", "etc", "proc", "run", "sys", "tmp", "var", "var/tmp", "www"])
                writer.WriteEntry(new PaxTarEntry(TarEntryType.Directory, folder) { Mode = (UnixFileMode)0b111_101_101 });
            await writer.WriteEntryAsync(Program, "bin/busybox", cancellation);
            foreach (string applet in Applets.Split(' '))
                writer.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "bin/" + applet) { LinkName = "busybox" });
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "www/index.html")
            {
                DataStream = new MemoryStream(Encoding.UTF8.GetBytes(Page)),
                Mode = (UnixFileMode)0b110_100_100,
            });
        }

        tar.Position = 0;
        await engine.ImportAsync(Name, tar, cancellation);
        return null;
    }
}
