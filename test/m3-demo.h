// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_TEST_M3_DEMO_H
#define M3_TEST_M3_DEMO_H

#include "temporary-folder.h"

#include "features/path-feature-map.h"
#include "flowsim/flow-sim.h"
#include "packet/hpcc/hpcc-files.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <sstream>
#include <string>
#include <vector>

/// The numbers of the next line of a reference file.
inline std::vector<double> NumbersOfLine(std::istream& in)
{
    std::string line;
    std::getline(in, line);
    std::istringstream fields(line);
    std::vector<double> values;
    for (double value; fields >> value;)
    {
        values.push_back(value);
    }
    return values;
}

/// The flows of a path sample of the published m3 (m3-demo): three hosts, two links of 10 Gb/s.
struct DemoFlows
{
    std::vector<ns3::m3::PathFlow> path;   //!< their slowdown is not set
    std::vector<ns3::m3::FluidFlow> fluid; //!< as the published flowSim takes them

    explicit DemoFlows(const std::filesystem::path& sample)
    {
        std::ifstream file(sample / "flow.txt");
        const auto count = static_cast<std::size_t>(NumbersOfLine(file).at(0));
        for (std::size_t i = 0; i < count; i++)
        {
            const auto fields = NumbersOfLine(file); // src dst priority port bytes start
            ns3::m3::PathFlow flow;
            flow.src = static_cast<uint32_t>(fields.at(0));
            flow.dst = static_cast<uint32_t>(fields.at(1));
            flow.sizeBytes = static_cast<uint64_t>(fields.at(4));
            path.push_back(flow);
            ns3::m3::Route links(flow.dst - flow.src);
            std::iota(links.begin(), links.end(), flow.src);
            const uint64_t wireBytes = flow.sizeBytes + (flow.sizeBytes + 999) / 1000 * 48;
            fluid.push_back({links, 8.0 * static_cast<double>(wireBytes), std::round(fields.at(5) * 1e9), 10});
        }
    }
};

/// The configuration of such a sample, whose file names no other files, with its topology and flows.
inline ns3::m3::HpccRun DemoRun(const std::filesystem::path& sample)
{
    const auto config = ns3::m3::TemporaryFolder() / "config.txt";
    {
        std::ofstream copy(config);
        copy << std::ifstream(sample / "config.txt").rdbuf() << "\nTOPOLOGY_FILE " << (sample / "topo.txt").string()
             << "\nFLOW_FILE " << (sample / "flow.txt").string() << '\n';
    }
    const ns3::m3::HpccRun run = ns3::m3::ReadHpccConfig(config.string());
    std::filesystem::remove(config);
    return run;
}

#endif // M3_TEST_M3_DEMO_H
