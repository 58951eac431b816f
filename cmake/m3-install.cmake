# `cmake --install build`: libraries, programs, models and size tables; with ns-3 also the public headers and the package
# that find_package(m3-ns3) finds, whose target m3-ns3::m3 brings ns-3 along.
set(m3_source_dir ${PROJECT_SOURCE_DIR}/contrib/m3)
set(m3_tools)
if(M3_EXAMPLES)
  get_property(m3_tools DIRECTORY ${m3_source_dir}/tools PROPERTY BUILDSYSTEM_TARGETS)
endif()
if(TARGET m3-learning)
  list(APPEND m3_tools m3-train)
  install(TARGETS m3-learning LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
endif()
foreach(tool ${m3_tools})
  get_property(type TARGET ${tool} PROPERTY TYPE)
  if(type STREQUAL "EXECUTABLE")
    install(TARGETS ${tool} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  endif()
endforeach()
install(DIRECTORY ${m3_source_dir}/traces ${m3_source_dir}/models DESTINATION ${m3_data_dir})
install(FILES LICENSE DESTINATION ${m3_data_dir})

install(TARGETS m3 EXPORT m3-ns3 LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
if(M3_NS3)
  get_property(headers GLOBAL PROPERTY m3_public_headers)
  list(TRANSFORM headers PREPEND ${m3_source_dir}/)
  install(FILES ${headers} ${m3_header_dir}/m3-module.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/ns3)

  include(CMakePackageConfigHelpers)
  configure_package_config_file(cmake/m3-ns3-config.cmake.in ${CMAKE_BINARY_DIR}/m3-ns3-config.cmake
                                INSTALL_DESTINATION ${m3_package_dir} NO_SET_AND_CHECK_MACRO)
  write_basic_package_version_file(${CMAKE_BINARY_DIR}/m3-ns3-config-version.cmake COMPATIBILITY SameMinorVersion)
  install(FILES ${CMAKE_BINARY_DIR}/m3-ns3-config.cmake ${CMAKE_BINARY_DIR}/m3-ns3-config-version.cmake
                cmake/ns3-installed.cmake
          DESTINATION ${m3_package_dir})
  install(EXPORT m3-ns3 NAMESPACE m3-ns3:: FILE m3-ns3-targets.cmake DESTINATION ${m3_package_dir})
endif()
