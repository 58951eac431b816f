#ifndef M3_RUN_GNUPLOT_H
#define M3_RUN_GNUPLOT_H

#include <string>

namespace ns3::m3
{

/// Runs gnuplot on a script that draws `picture`. \throws std::runtime_error if gnuplot is not there or fails
void RunGnuplot(const std::string& script, const std::string& picture);

} // namespace ns3::m3

#endif // M3_RUN_GNUPLOT_H
