using System.Text.Json.Nodes;

namespace DePinChain.Providers.Containers;

/// <summary>
/// The engine's own filter of system calls, made tighter: no namespaces, mounts, keyrings or rings of the kernel from inside. Podman's
/// filter lets them through to be checked by the kernel, and a user namespace gives a tenant all of a kernel's attack surface.
/// </summary>
/// <remarks>Source of the clone rule: Docker, profiles/seccomp/default.json (CLONE_NEW* masked out; clone3 answers ENOSYS, so that C
/// libraries fall back to clone).</remarks>
internal static class SystemCallFilter
{
    private const string EnginesOwn = "/usr/share/containers/seccomp.json";
    private const ulong NewNamespaces = 0x7E02_0000; // CLONE_NEWNS | NEWCGROUP | NEWUTS | NEWIPC | NEWUSER | NEWPID | NEWNET
    private const int NoSuchCall = 38; // ENOSYS

    private static readonly string[] Barred =
    [
        "unshare", "setns", "mount", "umount", "umount2", "move_mount", "open_tree", "fsopen", "fsmount", "fsconfig", "fspick",
            "pivot_root",
        "mount_setattr", "keyctl", "add_key", "request_key", "bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter",
        "io_uring_register", "clone", "clone3",
    ];

    /// <summary>Writes the filter.</summary>
    /// <param name="path">Where to.</param>
    /// <returns>Whether there is one: not where the engine brought none of its own.</returns>
    public static bool TryWrite(string path)
    {
        if (!File.Exists(EnginesOwn)) return false;
        File.WriteAllText(path, Tightened(JsonNode.Parse(File.ReadAllText(EnginesOwn))!.AsObject()).ToJsonString());
        return true;
    }

    /// <summary>A filter with the barred calls taken out of everything that is allowed.</summary>
    public static JsonObject Tightened(JsonObject filter)
    {
        JsonArray calls = filter["syscalls"]!.AsArray();
        foreach (JsonNode? rule in calls)
        {
            JsonArray names = rule!["names"]!.AsArray();
            rule["names"] = new JsonArray([.. names.Where(static name => !Barred.Contains(name!.GetValue<string>()))
                .Select(static name => name!.DeepClone())]);
        }

        for (int index = calls.Count - 1; index >= 0; index--)
            if (calls[index]!["names"]!.AsArray().Count == 0) calls.RemoveAt(index);
        calls.Add(new JsonObject
        {
            ["names"] = new JsonArray("clone"),
            ["action"] = "SCMP_ACT_ALLOW",
            ["args"] = new JsonArray(new JsonObject
            {
                ["index"] = 0,
                ["value"] = NewNamespaces,
                ["valueTwo"] = 0,
                ["op"] = "SCMP_CMP_MASKED_EQ",
            }),
        });
        calls.Add(new JsonObject
        {
            ["names"] = new JsonArray("clone3"),
            ["action"] = "SCMP_ACT_ERRNO",
            ["errnoRet"] = NoSuchCall,
        });
        return filter;
    }
}
