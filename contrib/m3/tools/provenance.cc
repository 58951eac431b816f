// SPDX-License-Identifier: GPL-2.0-only
#include "provenance.h"

#include "core/module-folder.h"

#include <array>
#include <cstdio>
#include <fstream>
#include <thread>

namespace ns3::m3
{

namespace
{

/// First line that a command prints. \param failed whether its exit code was not 0
std::string FirstLine(const std::string& command, bool& failed)
{
    FILE* pipe = popen((command + " 2>/dev/null").c_str(), "r");
    std::array<char, 200> text{};
    std::string line = pipe && std::fgets(text.data(), text.size(), pipe) ? text.data() : "";
    failed = !pipe || pclose(pipe) != 0;
    return line.substr(0, line.find('\n'));
}

std::string DescribedCommit()
{
    if (ModuleFolder() != M3_MODULE_SOURCE_DIR) // installed, maybe long after which the source tree went on
    {
        return M3_CONFIGURED_COMMIT;
    }
    const std::string git = "git -C '" M3_MODULE_SOURCE_DIR "' ";
    bool failed = false;
    const std::string commit = FirstLine(git + "describe --always --abbrev=7", failed);
    if (failed || commit.empty())
    {
        return M3_CONFIGURED_COMMIT;
    }
    FirstLine(git + "diff --quiet HEAD -- .", failed);
    return commit + (failed ? "-dirty" : "");
}

std::string ProcessorText()
{
    std::ifstream in("/proc/cpuinfo");
    for (std::string line; std::getline(in, line);)
    {
        const std::size_t colon = line.find(": ");
        if (line.rfind("model name", 0) == 0 && colon != std::string::npos)
        {
            return line.substr(colon + 2);
        }
    }
    return "unknown processor";
}

} // namespace

const std::string& ProgramCommit()
{
    static const std::string commit = DescribedCommit();
    return commit;
}

const std::string& MachineText()
{
    static const std::string machine =
        ProcessorText() + ", " + std::to_string(std::thread::hardware_concurrency()) + " cores";
    return machine;
}

} // namespace ns3::m3
