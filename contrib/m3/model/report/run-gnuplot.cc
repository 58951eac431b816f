#include "run-gnuplot.h"

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <stdexcept>

namespace ns3::m3
{

void RunGnuplot(const std::string& script, const std::string& picture)
{
    FILE* gnuplot = popen("gnuplot 2>/dev/null", "w");
    if (!gnuplot)
    {
        throw std::runtime_error("gnuplot cannot be started");
    }
    const auto onBrokenPipe = std::signal(SIGPIPE, SIG_IGN); // where there is no gnuplot that reads
    const bool written = std::fwrite(script.data(), 1, script.size(), gnuplot) == script.size();
    const int status = pclose(gnuplot);
    std::signal(SIGPIPE, onBrokenPipe);
    if (status != 0 || !written || !std::filesystem::exists(picture))
    {
        throw std::runtime_error("gnuplot failed or is not installed (package gnuplot-nox); no picture was drawn");
    }
}

} // namespace ns3::m3
