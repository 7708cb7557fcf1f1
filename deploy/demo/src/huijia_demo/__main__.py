from huijia_demo.cli import main

main()
