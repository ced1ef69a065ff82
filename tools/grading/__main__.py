from tools.grading.results import main

main()
